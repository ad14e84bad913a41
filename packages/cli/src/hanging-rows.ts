import { formatTable } from "./format-table.ts";
import { columnsOf } from "./text-columns.ts";
import { wrapColumns } from "./wrap-columns.ts";

/** Fewer columns than this break sentences after each word or two. */
const LEAST_COLUMNS = 30;

/**
 * Rows as lines whose last cells are sentences, each broken within its own column; where too little is left for that, they stand below.
 * @param columns of the terminal; undefined where there is none, and lines may be as long as they like
 */
export function hangingRows(
  rows: readonly (readonly string[])[],
  { columns, indent = "  " }: { columns: number | undefined; indent?: string },
): string[] {
  const lines = formatTable(rows, { indent });
  if (columns === undefined || lines.every((line) => columnsOf(line) <= columns)) return lines;
  const heads = formatTable(
    rows.map((row) => row.slice(0, -1)),
    { indent },
  );
  const start = Math.max(...heads.map(columnsOf)) + 2;
  const below = `${indent}    `;
  return rows.flatMap((row, index) => {
    const head = heads[index] ?? "";
    const sentence = row.at(-1) ?? "";
    if (columns - start < LEAST_COLUMNS)
      return [
        ...wrapColumns(head, { columns, indent: below }),
        ...(sentence === "" ? [] : wrapColumns(below + sentence, { columns, indent: below })),
      ];
    const hanging = " ".repeat(start);
    const [first = "", ...rest] = wrapColumns(hanging + sentence, { columns, indent: hanging });
    return [(head + " ".repeat(start - columnsOf(head)) + first.slice(start)).trimEnd(), ...rest];
  });
}
