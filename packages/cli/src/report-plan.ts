import { type PlannedApproval, planApprovals, planBuild } from "@muster/lambdas";
import { type BuildInput, describeInputs, placeCells } from "@muster/pipeline";
import type { ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { counted } from "./counted.ts";
import { formatTable } from "./format-table.ts";
import type { Print } from "./print.ts";
import type { Stage } from "./stages/stage.ts";

/** What a build would run or skip, with the evidence; nothing is started. */
export async function reportPlan(stage: Stage, input: BuildInput, { print, globals }: Context): Promise<ExitCode> {
  const steps = await planBuild(input, { pipeline: stage.pipeline, stage: stage.description, s3: stage.s3 });
  const approvals = planApprovals(input, { pipeline: stage.pipeline, steps });
  if (globals.json) {
    print.json({ input, steps, approvals });
    return 0;
  }
  const rows = steps.map(({ run, activity, reason, ...place }) => [
    run ? print.style("green", "run") : print.style("dim", "skip"),
    activity,
    ...placeCells(place),
    reason,
  ]);
  const waits = approvals.map((approval) => rowOf(approval, print));
  const told = describeInputs(input);
  if (told !== "") print.report(`inputs: ${told}`);
  for (const line of formatTable([...rows, ...waits])) print.report(line);
  const runs = steps.filter(({ run }) => run).length;
  print.report(
    `${runs} of ${counted(steps.length, "task")} would run, judged by what is there now; nothing was started`,
  );
  return 0;
}

/** What waits for a person comes last: it is no task. */
function rowOf({ approval, before, ...place }: PlannedApproval, print: Print): string[] {
  return [print.style("yellow", "ask"), approval, ...placeCells(place), `before ${before.join(", ")}`];
}
