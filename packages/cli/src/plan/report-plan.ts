import { type PlannedStep, planApprovals, planBuild } from "@muster/lambdas";
import { type BuildInput, describeInputs } from "@muster/pipeline";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { counted } from "../counted.ts";
import { formatTable } from "../format-table.ts";
import type { Stage } from "../stages/stage.ts";
import { planRows } from "./plan-rows.ts";

/** What a build would run or skip, with the evidence; nothing is started. */
export async function reportPlan(stage: Stage, input: BuildInput, { print, globals }: Context): Promise<ExitCode> {
  const plan = await planBuild(input, { pipeline: stage.pipeline, stage: stage.description, s3: stage.s3 });
  const steps = plan.tasks.map(({ step }) => step);
  const approvals = planApprovals(input, { pipeline: stage.pipeline, steps });
  if (globals.json) {
    print.json({ input, steps, lookups: plan.lookups, approvals });
    return 0;
  }
  print.report(summary(steps));
  const told = describeInputs(input);
  if (told !== "") print.report(`inputs: ${told}`);
  for (const line of formatTable(planRows(plan, { approvals, print }))) print.report(line);
  return 0;
}

function summary(steps: readonly PlannedStep[]): string {
  const count = (run: boolean | null) => steps.filter((step) => step.run === run).length;
  const unknown = count(null) > 0 ? `, ${count(null)} cannot be known` : "";
  return `${count(true)} of ${counted(steps.length, "task")} would run${unknown}; nothing was started`;
}
