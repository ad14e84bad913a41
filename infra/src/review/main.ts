import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MusterError } from "@muster/pipeline";
import { reviewEnvironment } from "../env.ts";
import { stackDigest } from "./stack-digest.ts";
import { marker, Plan, summarisePlan } from "./summarise-plan.ts";
import { updateComment } from "./update-comment.ts";

/**
 * What the workflows run, `node src/review/main.ts <command>`:
 *   stages                   stages whose state workflows can reach, as JSON for a matrix
 *   digest <stage>           of the synthesised stack
 *   summary <stage> <plan>   the plan (JSON) as Markdown
 *   comment <stage> <file>   writes a summary to the pull request, over the earlier one
 */
const [command, stage = "", file = ""] = process.argv.slice(2);

async function main(): Promise<string> {
  switch (command) {
    case "stages": {
      const { default: stages } = await import("../../stages.ts");
      return JSON.stringify(
        stages.flatMap(({ name, account, region, state }) =>
          state ? [{ name, account, region, stateBucket: state.bucket }] : [],
        ),
      );
    }
    case "digest":
      return stackDigest(join(import.meta.dirname, "../../cdktf.out/stacks", stage));
    case "summary":
      return summarisePlan(Plan.parse(JSON.parse(readFileSync(file, "utf8"))), {
        stage,
        commit: reviewEnvironment().commit,
      }).trimEnd();
    case "comment":
      return updateComment(readFileSync(file, "utf8"), marker(stage), reviewEnvironment());
    default:
      throw new MusterError(`there is no command "${command ?? ""}"`, { hint: "stages, digest, summary, comment" });
  }
}

try {
  process.stdout.write(`${await main()}\n`);
} catch (error) {
  if (!(error instanceof MusterError)) throw error;
  process.stderr.write(`muster-infra: ${error.message}${error.hint ? `\n  ${error.hint}` : ""}\n`);
  process.exitCode = 1;
}
