import { MusterError } from "@muster/pipeline";
import { infraEnvironment } from "./env.ts";
import { projectIn, projectStages } from "./project.ts";
import { runProgram } from "./run-program.ts";
import { synthOptions } from "./synth-options.ts";
import { synthesiseStages } from "./synthesise-stages.ts";

/**
 * `muster-infra <command>`, in the folder of `stages.ts`:
 *   synth [--no-bundle] [--cost [--json]]
 *                                   writes the Terraform of every stage; what cdktf runs, without a word but of bundles that it has to make. With --cost
 *                                   it says what stages and builds cost
 *   bundle                          builds functions and the agent's archives anew, before it
 *   diff|deploy|destroy <stage> …   cdktf's, after a synthesis of that stage
 *   drill <stage> [step]… …         rehearses on a deployed stage what goes wrong on a first day
 *   review <command> …              what workflows say of a plan
 * MUSTER_STAGE names the one stage that the first two are about. Each loads what it needs and no more: what is refused is refused soon.
 */
await runProgram(async () => {
  const [command = "synth", ...args] = process.argv.slice(2);
  const { stage, outdir } = infraEnvironment();
  const project = projectIn(process.cwd());
  switch (command) {
    case "synth":
      return synthesiseStages(project, await projectStages(project, stage), { ...synthOptions(args), outdir });
    case "bundle":
      return (await import("./bundle.ts")).bundleStages(project, await projectStages(project, stage), printLine);
    case "diff":
    case "deploy":
    case "destroy":
      process.exitCode = await (await import("./cdktf.ts")).runCdktf(project, command, args);
      return;
    case "drill":
      process.exitCode = await (await import("./drill/drill-command.ts")).drillStage(project, args);
      return;
    case "review":
      process.stdout.write(`${await (await import("./review/review.ts")).review(project, args)}\n`);
      return;
    default:
      throw new MusterError(`there is no command "${command}"`, {
        hint: "synth, bundle, diff, deploy, destroy, drill, review",
      });
  }
});

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
