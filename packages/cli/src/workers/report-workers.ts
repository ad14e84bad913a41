import { formatDuration } from "@muster/history";
import { formatTable } from "../format-table.ts";
import type { TextStyle } from "../print.ts";
import { columnsOf, fitStyled } from "../text-columns.ts";
import { wrapColumns } from "../wrap-columns.ts";
import type { WorkerJson } from "./list-workers.ts";

type Style = (format: TextStyle, text: string) => string;

const STATES = ["active", "idle", "booting", "stopping", "kept"] as const satisfies readonly WorkerJson["state"][];

const colours = {
  active: "cyan",
  idle: "dim",
  booting: "yellow",
  stopping: "dim",
  kept: "red",
} as const satisfies Record<WorkerJson["state"], TextStyle>;

/**
 * The machines that run, as lines: how many there are, then one for each, with as many of its columns as fit.
 * @param columns of the terminal; undefined where nobody knows, for all of them
 */
export function reportWorkers(
  workers: readonly WorkerJson[],
  { columns, style }: { columns: number | undefined; style: Style },
): string[] {
  if (workers.length === 0) return ["no workers"];
  const head = `${summary(workers)}${costWords(workers)}`;
  const fits = (lines: readonly string[]) => columns === undefined || lines.every((line) => columnsOf(line) <= columns);
  for (let width = MOST_CELLS; width >= FEWEST_CELLS; width--) {
    const lines = table(workers, width, style);
    if (fits(lines)) return [fit(head, columns), ...lines];
  }
  return [...wrapColumns(head, { columns, indent: "  " }), ...narrow(workers, style)].map((line) => fit(line, columns));
}

/** What somebody looks for, in two lines each: the machine with its state, age and cost, and below it what it is at. */
function narrow(workers: readonly WorkerJson[], style: Style): string[] {
  const cells = workers.map((worker) => cellsOf(worker, style));
  const heads = formatTable(
    cells.map(([instance = "", state = "", , age = "", cost = ""]) => [instance, state, age, cost]),
    { indent: "  " },
  );
  return cells.flatMap(([, , task = ""], index) => [heads[index] ?? "", `    ${task}`]);
}

const fit = (line: string, columns: number | undefined): string =>
  columns === undefined ? line : fitStyled(line, columns);

/** What matters less stands further to the right, and is left out first. */
const MOST_CELLS = 8;
const FEWEST_CELLS = 5;

const table = (workers: readonly WorkerJson[], width: number, style: Style): string[] =>
  formatTable(
    workers.map((worker) => cellsOf(worker, style).slice(0, width)),
    { indent: "  " },
  );

function cellsOf(worker: WorkerJson, style: Style): string[] {
  const { instance, state, step, task, ageSeconds, dollarsAtMost, instanceType, market, zone } = worker;
  return [
    instance,
    style(colours[state], state),
    task ?? step,
    formatDuration(ageSeconds * 1000, { whole: true }),
    dollarsAtMost === null ? "-" : `≤ $${dollarsAtMost.toFixed(2)}`,
    instanceType,
    market,
    zone,
  ];
}

/** `3 workers: 1 active, 2 booting` */
export function summary(workers: readonly WorkerJson[]): string {
  const counts = STATES.flatMap((state) => {
    const count = workers.filter((worker) => worker.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return `${workers.length} worker${workers.length === 1 ? "" : "s"}: ${counts.join(", ")}`;
}

function costWords(workers: readonly WorkerJson[]): string {
  const known = workers.flatMap(({ dollarsAtMost }) => dollarsAtMost ?? []);
  if (known.length === 0) return "";
  const total = known.reduce((sum, dollars) => sum + dollars, 0);
  const unknown = workers.length - known.length;
  return `; at most $${total.toFixed(2)} so far${unknown === 0 ? "" : `, and ${unknown} of unknown price`}`;
}
