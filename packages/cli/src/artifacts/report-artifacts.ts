import { withdrawnText } from "@muster/lambdas";
import { counted } from "../counted.ts";
import { formatTable } from "../format-table.ts";
import { formatBytes } from "../free-space.ts";
import { layoutRows } from "../plan/layout-rows.ts";
import type { Print } from "../print.ts";
import { columnsOf } from "../text-columns.ts";
import { wrapColumns } from "../wrap-columns.ts";
import type { ArtifactJson, ArtifactsJson, MadeByJson } from "./artifacts-json.ts";
import type { TaskOfVersion } from "./task-place.ts";

interface Look {
  /** undefined where nothing limits a line. */
  readonly columns: number | undefined;
  readonly style: Print["style"];
}

/** The answer in one line, and below it the objects of each task with who made them. */
export function reportArtifacts(report: ArtifactsJson, { columns, style }: Look): string[] {
  const [first = "", ...rest] = wrapColumns(answer(report), { columns, indent: "  " });
  const lines = [style("bold", first), ...rest];
  const digits = digestColumns(report.objects, columns);
  for (const objects of byTask(report.objects).values()) {
    const { step = "", platform = null } = objects[0] ?? {};
    lines.push("", `${style("bold", step)}${platform === null ? "" : `  ${platform}`}`);
    for (const [maker, made] of byMaker(objects)) {
      lines.push(...wrapColumns(`  ${maker}`, { columns, indent: "    " }).map((line) => style("dim", line)));
      lines.push(
        ...objectLines(made, { digits, columns }).map(({ text, isGood }) => (isGood ? text : style("yellow", text))),
      );
    }
  }
  const rows = report.tasks.flatMap((task) => {
    const left = leftOf(task, report.objects);
    return left === undefined ? [] : [[task.step, task.platform ?? "", style("yellow", left)]];
  });
  if (rows.length > 0) lines.push("", ...layoutRows(rows, columns));
  return lines;
}

function answer({ version, withdrawal, objects, bytes, tasks }: ArtifactsJson): string {
  const count = (...states: ArtifactJson["state"][]) => objects.filter(({ state }) => states.includes(state)).length;
  const there = count("there", "replaced", "changed");
  const makers = new Set(objects.map(({ task }) => task)).size;
  const left = (wanted: Left) => tasks.filter((task) => leftOf(task, objects) === wanted).length;
  const more = (wanted: Left, [one, several]: readonly [string, string]) =>
    left(wanted) === 0 ? [] : [`${counted(left(wanted), "task")} ${left(wanted) === 1 ? one : several}`];
  const name = withdrawal === null ? version : withdrawnText({ version, ...withdrawal });
  return [
    there === 0
      ? `${name}: nothing is there`
      : `${name}: ${counted(there, "object")} of ${counted(makers, "task")}, ${formatBytes(bytes)}`,
    ...(count("changed") > 0 ? [`${count("changed")} changed since`] : []),
    ...(count("gone") > 0 ? [`${count("gone")} gone`] : []),
    ...more("built, not published", ["is built and not published", "are built and not published"]),
    ...more("incomplete", ["is incomplete", "are incomplete"]),
    ...more("nothing yet", ["has made nothing yet", "have made nothing yet"]),
  ].join("; ");
}

/** What of a task's evidence is still to come. */
type Left = "built, not published" | "incomplete" | "nothing yet" | "withdrawn";

function leftOf({ task, status }: TaskOfVersion, objects: readonly ArtifactJson[]): Left | undefined {
  if (status === "withdrawn") return "withdrawn";
  if (status === "built_not_published") return "built, not published";
  if (status !== "not_built") return undefined;
  return objects.some((object) => object.task === task && object.state !== "gone") ? "incomplete" : "nothing yet";
}

function byTask(objects: readonly ArtifactJson[]): Map<string, ArtifactJson[]> {
  return Map.groupBy(objects, ({ task }) => task);
}

/** Objects that one attempt made stand together, below its name. */
function byMaker(objects: readonly ArtifactJson[]): Map<string, ArtifactJson[]> {
  return Map.groupBy(objects, ({ madeBy }) => (madeBy === null ? "no attempt recorded it" : makerText(madeBy)));
}

/** `attempt 2 of 1.2.3_alice_2026-11-24_1200, by i-0123` */
function makerText({ build, attempt, instance, succeeded }: MadeByJson): string {
  const which = attempt === null ? "an attempt" : `attempt ${attempt}`;
  return `${which} in ${build}, by ${instance}${succeeded ? "" : ", which did not succeed"}`;
}

/** How many characters of digests fit: all, enough to compare by eye, or none beside the URI. */
type Digits = 64 | 12 | "below";

const TIME_COLUMNS = 16;
const SIZE_COLUMNS = 6;
/** Beside a digest, with what parts the cells. */
const FACT_COLUMNS = 4 + SIZE_COLUMNS + 2 + TIME_COLUMNS + 2;

function digestColumns(objects: readonly ArtifactJson[], columns: number | undefined): Digits {
  if (columns === undefined) return 64;
  const widest = Math.max(0, ...objects.map(({ uri, ...object }) => columnsOf(uri) + columnsOf(noteOf(object))));
  const rest = FACT_COLUMNS + widest;
  return rest + 64 <= columns ? 64 : rest + 12 <= columns ? 12 : "below";
}

interface ObjectLine {
  readonly text: string;
  readonly isGood: boolean;
}

function objectLines(
  objects: readonly ArtifactJson[],
  { digits, columns }: { digits: Digits; columns: number | undefined },
): ObjectLine[] {
  if (digits !== "below") {
    const rows = formatTable(
      objects.map((object) => [...factCells(object, digits), object.uri + noteOf(object)]),
      { indent: "  " },
    );
    return rows.map((text, index) => ({ text, isGood: isGood(objects[index] as ArtifactJson) }));
  }
  return objects.flatMap((object) => {
    const facts = factCells(object, columns !== undefined && columns < FACT_COLUMNS + 64 ? 12 : 64)
      .map((cell) => cell.trim())
      .filter((cell) => cell !== "");
    const below = wrapColumns(`    ${facts.join("  ")}${noteOf(object)}`, { columns, indent: "    " });
    return [`  ${object.uri}`, ...below].map((text) => ({ text: text.trimEnd(), isGood: isGood(object) }));
  });
}

const isGood = ({ state }: ArtifactJson): boolean => state === "there" || state === "replaced";

function factCells({ bytes, storedAt, sha256, state }: ArtifactJson, digits: 64 | 12): string[] {
  if (state === "gone") return ["gone".padStart(SIZE_COLUMNS), "", ""];
  return [
    (bytes === null ? "" : formatBytes(bytes)).padStart(SIZE_COLUMNS),
    storedAt === null ? "" : storedAt.toISOString().slice(0, 16).replace("T", " "),
    (sha256 ?? "not known").slice(0, digits).padEnd(digits),
  ];
}

function noteOf({ state, replacedBy }: Pick<ArtifactJson, "state" | "replacedBy">): string {
  if (state === "replaced" && replacedBy !== null) return `  replaced by ${replacedBy.task}`;
  return state === "changed" ? "  not what its attempt made" : "";
}
