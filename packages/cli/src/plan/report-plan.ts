import { type PlannedStep, planApprovals } from "@muster/lambdas";
import { type BuildInput, describeInputs } from "@muster/pipeline";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { counted } from "../counted.ts";
import { formatTable } from "../format-table.ts";
import type { Stage } from "../stages/stage.ts";
import { wrapColumns } from "../wrap-columns.ts";
import { type EstimatedPlan, type EstimatedStep, estimatePlan } from "./estimate-plan.ts";
import { layoutRows } from "./layout-rows.ts";
import { makePlan } from "./make-plan.ts";
import type { PlanJson } from "./plan-report.ts";
import { type MoreCells, planRows } from "./plan-rows.ts";
import { dollarsText, durationOf, inBrief, wholeLines } from "./whole-lines.ts";

/** What a build would run or skip, with the evidence, how long it would take and what it would cost; nothing is started. */
export async function reportPlan(stage: Stage, input: BuildInput, { print, globals }: Context): Promise<ExitCode> {
  const plan = await makePlan(stage, input);
  const estimated = await estimatePlan(stage, plan, input);
  const { steps, whole, recordsProblem, quotasProblem } = estimated;
  const approvals = planApprovals(input, { pipeline: stage.pipeline, steps });
  if (globals.json) {
    const report: PlanJson = { input, steps, lookups: plan.lookups, approvals, whole, recordsProblem, quotasProblem };
    print.json(report);
    return 0;
  }
  print.sentence(summary(steps, inBrief(whole)));
  const told = describeInputs(input);
  if (told !== "") print.sentence(`inputs: ${told}`);
  const { columns } = print.stdout.isTTY ? print.stdout : {};
  const rows = planRows(plan, { approvals, print, cells: timeAndCost(estimated) });
  for (const line of layoutRows(rows, columns)) print.report(line);
  const below = wholeLines(estimated).map(([label, text]) => [print.style("dim", label), text]);
  for (const line of formatTable(below))
    for (const part of wrapColumns(line, { columns, indent: BELOW })) print.report(part);
  return 0;
}

/** As wide as the labels of what stands below a plan. */
const BELOW = " ".repeat(10);

function summary(steps: readonly PlannedStep[], brief: string): string {
  const count = (run: boolean | null) => steps.filter((step) => step.run === run).length;
  const unknown = count(null) > 0 ? `, of ${count(null)} it is not known` : "";
  return `${count(true)} of ${counted(steps.length, "task")} would run${count(true) === 0 ? "" : brief}${unknown}; nothing was started`;
}

/** Of what runs; columns of which nothing is known are left out. */
function timeAndCost({ steps, whole }: EstimatedPlan): MoreCells {
  const byStep = new Map(steps.map((step) => [keyOf(step), step]));
  return {
    columns: 2,
    of: (planned) => {
      const { run, seconds = null, dollars = null } = byStep.get(keyOf(planned)) ?? {};
      if (run !== true || whole.seconds === null) return ["", ""];
      const time = seconds === null ? "unknown" : durationOf(seconds);
      return [time, dollars === null || whole.dollars === 0 ? "" : dollarsText(dollars)];
    },
  };
}

const keyOf = ({ activity, ...place }: PlannedStep | EstimatedStep): string =>
  [activity, "version" in place ? place.version : "", "platform" in place ? place.platform : ""].join(" ");
