import type { KnownOperation, ServiceOperations } from "../src/service-operations.ts";

const BEGIN = "<!-- operations: written by `pnpm --filter local operations` -->";
const END = "<!-- end of operations -->";

/** The document with its tables of operations brought up to date; throws where it has no place for them. */
export function withOperations(document: string, services: readonly ServiceOperations[]): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new RangeError(`the document has no place for operations, ${BEGIN} … ${END}`);
  const tables = services.map(renderService).join("\n\n");
  return `${document.slice(0, begin + BEGIN.length)}\n\n${tables}\n\n${document.slice(end)}`;
}

function renderService({ service, operations }: ServiceOperations): string {
  const works = operations.filter((operation) => operation.works);
  const sorted = [...operations].sort(
    (a, b) => Number(b.works) - Number(a.works) || a.operation.localeCompare(b.operation, "en"),
  );
  const rows = sorted.map(({ operation, works: does }): [string, string] => [operation, does ? "works" : "refused"]);
  return [
    `### ${service}: ${works.length} work, ${operations.length - works.length} are refused`,
    ...fold("Operations", renderTable([["operation", "answer"], ...rows])),
    ...renderMembers(sorted),
    ...renderIgnored(sorted),
  ].join("\n\n");
}

/** The tables are long: whoever reads the page opens the one that is wanted. */
const fold = (summary: string, content: string): string[] => [
  `<details>\n<summary>${summary}</summary>`,
  content,
  "</details>",
];

/** Columns are as wide as their longest cell, as the formatter of this repository wants them. */
function renderTable([head, ...rows]: readonly [string, string][]): string {
  const widths = [0, 1].map((column) => Math.max(...[head, ...rows].map((row) => row?.[column]?.length ?? 0)));
  const render = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [head ?? [], widths.map((width) => "-".repeat(width)), ...rows].map(render).join("\n");
}

function renderMembers(operations: readonly KnownOperation[]): string[] {
  const partial = operations.filter(({ refusedMembers }) => refusedMembers.length > 0);
  if (partial.length === 0) return [];
  const lines = partial.map(({ operation, refusedMembers }) =>
    wrapItem(`- ${operation}: ${refusedMembers.join(", ")}`),
  );
  return fold("Members that are refused, of operations that work", lines.join("\n"));
}

function renderIgnored(operations: readonly KnownOperation[]): string[] {
  const ignored = operations.flatMap(({ operation, ignoredMembers = [] }) =>
    ignoredMembers.map(({ member, why }) => ({ named: `\`${operation}.${member}\``, why })),
  );
  if (ignored.length === 0) return [];
  const lines = [...Map.groupBy(ignored, ({ why }) => why)].map(([why, members]) =>
    wrapItem(`- ${members.map(({ named }) => named).join(", ")}: ${why}`),
  );
  return fold("Members that make no difference", lines.join("\n"));
}

/** As every page of this repository wraps. */
const COLUMNS = 120;

/** An item of a list over as many lines as it needs, those after the first indented. */
function wrapItem(item: string): string {
  const lines = [""];
  for (const word of item.split(" ")) {
    const line = lines.at(-1) ?? "";
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= COLUMNS || line === "") lines[lines.length - 1] = longer;
    else lines.push(`  ${word}`);
  }
  return lines.join("\n");
}
