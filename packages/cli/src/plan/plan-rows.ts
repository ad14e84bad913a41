import type { BuildPlan, FailedLookup, PlannedApproval, PlannedStep, PlannedTask } from "@muster/lambdas";
import { fixedState, placeCells, placeWords } from "@muster/pipeline";
import type { Print } from "../print.ts";

/** Cells that stand between a step's place and its reason. */
export interface MoreCells {
  readonly columns: number;
  readonly of: (step: PlannedStep) => readonly string[];
}

interface RowOptions {
  readonly approvals: readonly PlannedApproval[];
  readonly print: Pick<Print, "style">;
  readonly cells?: MoreCells;
}

/** A plan's lines, as cells: what runs and what does not, in the order of the flow; what waits for a person comes last, for it is no task. */
export function planRows(
  { tasks, lookups }: BuildPlan,
  { approvals, print, cells = { columns: 0, of: () => [] } }: RowOptions,
): string[][] {
  const activities = new Map(tasks.flatMap(({ step }) => (step.task === null ? [] : [[step.task, step.activity]])));
  const blank = Array.from({ length: cells.columns }, () => "");
  const lookupRow = ({ version, problem }: FailedLookup): string[] => [
    print.style("yellow", "?"),
    fixedState.getPlatformsForVersion,
    version,
    "",
    ...blank,
    problem,
  ];
  const rows = new Map(lookups.map((lookup) => [lookup.version, lookupRow(lookup)]));
  const before = ({ node, step }: PlannedTask): string[][] => {
    const [version = ""] = placeWords(step);
    const row = rows.get(version);
    if (row === undefined || (node.kind !== "blind" && step.run !== null)) return [];
    rows.delete(version);
    return [row];
  };
  const lines = tasks.flatMap((planned) => {
    const { step } = planned;
    const reason = reasonOf(planned, activities);
    const line = [word(step, print), step.activity, ...placeCells(step), ...cells.of(step), reason];
    return [...before(planned), line];
  });
  const asks = approvals.map(({ approval, before: steps, ...at }) => [
    print.style("yellow", "ask"),
    approval,
    ...placeCells(at),
    ...blank,
    `before ${steps.join(", ")}`,
  ]);
  return [...lines, ...rows.values(), ...asks];
}

function word({ run }: PlannedStep, print: Pick<Print, "style">): string {
  if (run === null) return print.style("yellow", "?");
  return run ? print.style("green", "run") : print.style("dim", "skip");
}

/** The evidence; of what is not there yet, who makes it. */
function reasonOf({ step, node }: PlannedTask, activities: ReadonlyMap<string, string>): string {
  const { run, reason, after, unless } = step;
  const follows =
    run !== null && after.length > 0
      ? `after ${countedNames(after.map((task) => activities.get(task) ?? task))}`
      : undefined;
  const isCareful = node.kind === "task" && node.task.activity.runsWhen === "predecessors-succeeded";
  const proviso = run && isCareful ? ", if nothing before it fails" : "";
  const why = follows === undefined ? `${reason}${proviso}` : run ? `${follows}${proviso}` : `${reason}, ${follows}`;
  return unless === null ? why : `${why}, unless ${unless}`;
}

/** `MakeSourceTarball, MakeBinaryPackage ×3` */
export function countedNames(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(", ");
}
