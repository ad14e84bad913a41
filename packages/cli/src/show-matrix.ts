import { type MatrixCell, type VersionMatrix, versionMatrix, withdrawnText } from "@muster/lambdas";
import { placeCells } from "@muster/pipeline";
import type { ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { formatTable } from "./format-table.ts";
import { latestVersions } from "./history/latest-versions.ts";
import { layoutRows } from "./plan/layout-rows.ts";
import { type Print, terminalColumns } from "./print.ts";
import type { Stage } from "./stages/stage.ts";
import { columnsOf } from "./text-columns.ts";
import { UsageError } from "./usage-error.ts";

const looks = {
  succeeded: { symbol: "✔", colour: "green" },
  built_not_published: { symbol: "◐", colour: "yellow" },
  not_built: { symbol: "·", colour: "dim" },
  withdrawn: { symbol: "↩", colour: "red" },
} as const;

/** What `muster matrix --json` prints. */
export interface MatrixJson {
  /** In the order in which they were named. */
  readonly versions: readonly VersionMatrix[];
}

/** Prints how far each artifact of the versions is: of one with the evidence, of several side by side. */
export async function showMatrix(
  { versions: named }: { versions: readonly string[] },
  { openStage, print, globals }: Context,
): Promise<ExitCode> {
  const stage = await openStage({ to: "read" });
  const versions = await Promise.all((await wanted(stage, named)).map((version) => matrixOf(version, stage)));
  if (globals.json) {
    print.json({ versions } satisfies MatrixJson);
    return 0;
  }
  const [only] = versions;
  const lines = versions.length === 1 && only !== undefined ? withEvidence(only, print) : sideBySide(versions, print);
  for (const line of lines) print.report(line);
  return 0;
}

const matrixOf = async (version: string, { pipeline, description, s3 }: Stage): Promise<VersionMatrix> =>
  versionMatrix(version, { pipeline, stage: description, s3: await s3() });

/** Those that are named, each once, or those of the latest build. */
async function wanted(stage: Stage, named: readonly string[]): Promise<readonly string[]> {
  if (named.length > 0) return [...new Set(named)];
  const latest = await latestVersions(stage, { builds: 1 });
  if (latest.length > 0) return latest;
  throw new UsageError("no version is named, and nothing has been built here yet", {
    hint: "muster matrix <version>",
  });
}

function withEvidence({ version, withdrawal, cells }: VersionMatrix, print: Print): string[] {
  const rows = layoutRows(
    cells.map(({ activity, status, evidence, ...place }) => [
      print.style(looks[status].colour, status),
      activity,
      placeCells(place)[1],
      `${(status === "not_built" || status === "withdrawn") && evidence.length > 0 ? "no " : ""}${evidence.join(", ")}`,
    ]),
    terminalColumns(print),
  );
  return withdrawal === null ? rows : [print.style("bold", withdrawnText({ version, ...withdrawal })), ...rows];
}

/** A row for each step and platform, in the pipeline's order; a version that does not have the platform has no cell there. */
function sideBySide(versions: readonly VersionMatrix[], print: Print): string[] {
  const cells = new Map(versions.flatMap(({ version, cells }) => cells.map((cell) => [keyOf(version, cell), cell])));
  const rows = new Map(versions.flatMap((matrix) => matrix.cells.map((cell) => [rowOf(cell), cell])));
  const order = [...new Set(versions.flatMap((matrix) => matrix.cells.map(({ activity }) => activity)))];
  const ordered = [...rows.values()].toSorted((a, b) => order.indexOf(a.activity) - order.indexOf(b.activity));
  const table = (cellText: (cell: MatrixCell) => string): string[] =>
    formatTable([
      ["", "", ...versions.map(({ version }) => print.style("bold", version))],
      ...ordered.map((row) => [
        row.activity,
        placeCells(row)[1],
        ...versions.map(({ version }) => {
          const cell = cells.get(keyOf(version, row));
          return cell === undefined ? "" : cellText(cell);
        }),
      ]),
    ]);
  const symbol = ({ status }: MatrixCell) => print.style(looks[status].colour, looks[status].symbol);
  const wide = table((cell) => `${symbol(cell)} ${print.style(looks[cell.status].colour, cell.status)}`);
  const columns = print.stdout.columns ?? Number.POSITIVE_INFINITY;
  if (wide.every((line) => columnsOf(line) <= columns)) return wide;
  const isThere = new Set([...cells.values()].map(({ status }) => status));
  const known = Object.entries(looks).filter(([status]) => status !== "withdrawn" || isThere.has(status));
  const legend = known.map(([status, look]) => `${print.style(look.colour, look.symbol)} ${status}`);
  return [...table(symbol), "", legend.join("   ")];
}

/** The same step on the same platform, whichever the version. */
const rowOf = (cell: MatrixCell): string => `${cell.activity} ${placeCells(cell)[1]}`;
const keyOf = (version: string, cell: MatrixCell): string => `${version} ${rowOf(cell)}`;
