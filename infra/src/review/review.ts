import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MusterError } from "@muster/pipeline";
import * as z from "zod";
import { reviewEnvironment } from "../env.ts";
import { ownCommand } from "../own-command.ts";
import { type Project, projectStages } from "../project.ts";
import { checkEnvironment } from "./check-environment.ts";
import { compareWithReview } from "./compare-with-review.ts";
import { marker, Plan, summarisePlan } from "./summarise-plan.ts";
import { updateComment } from "./update-comment.ts";

/**
 * What the workflows run, `review <command>`:
 *   stages                   stages whose state workflows can reach, as JSON for a matrix
 *   summary <stage> <plan>   the plan (JSON) as Markdown
 *   comment <stage> <file>   writes a summary to the pull request, over the earlier one
 *   compare <stage> <file>   whether a summary is what the commit's pull request showed, as Markdown
 *   environment <stage>      fails unless the stage's environment asks for approval, and takes deployments from main only
 */
export async function review(project: Project, [command, stage = "", file = ""]: readonly string[]): Promise<string> {
  const environment = reviewEnvironment();
  const { commit } = environment;
  switch (command) {
    case "stages":
      return JSON.stringify(
        (await projectStages(project)).flatMap(({ name, account, region, state }) =>
          state ? [{ name, account, region, stateBucket: state.bucket }] : [],
        ),
      );
    case "summary":
      return summarisePlan(Plan.parse(JSON.parse(readFileSync(file, "utf8"))), {
        stage,
        commit,
        written: writtenStack(project, stage),
      }).trimEnd();
    case "comment":
      return updateComment(readFileSync(file, "utf8"), marker(stage), environment);
    case "compare":
      return compareWithReview(readFileSync(file, "utf8"), { stage, commit }, environment);
    case "environment":
      await checkEnvironment(stage, environment);
      return `the environment "${stage}" asks for approval, and takes deployments from main only`;
    default:
      throw new MusterError(`there is no command "${command ?? ""}"`, {
        hint: "stages, summary, comment, compare, environment",
      });
  }
}

const Stack = z.object({ resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))) });

/** Attributes of a stage's stack as it was synthesised. */
function writtenStack({ folder }: Project, name: string): (address: string, attribute: string) => unknown {
  const path = join(folder, "cdktf.out/stacks", name, "cdk.tf.json");
  if (!existsSync(path))
    throw new MusterError(`there is no stack of the stage "${name}"`, { hint: ownCommand("synth") });
  const { resource } = Stack.parse(JSON.parse(readFileSync(path, "utf8")));
  return (address, attribute) => {
    const [type = "", id = ""] = address.split(".");
    return resource[type]?.[id]?.[attribute];
  };
}
