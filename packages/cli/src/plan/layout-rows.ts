import { formatTable } from "../format-table.ts";
import { columnsOf } from "../text-columns.ts";
import { wrapColumns } from "../wrap-columns.ts";

/**
 * Rows as lines whose last cells are sentences; where they are too wide, these stand below.
 * @param columns of the terminal; undefined where there is none, and lines may be as long as they like
 */
export function layoutRows(rows: readonly (readonly string[])[], columns: number | undefined): string[] {
  const lines = formatTable(rows);
  if (columns === undefined || lines.every((line) => columnsOf(line) <= columns)) return lines;
  const heads = formatTable(rows.map((row) => row.slice(0, -1)));
  return heads.flatMap((head, index) => [
    head,
    ...wrapColumns(`     ${rows[index]?.at(-1) ?? ""}`, { columns, indent: "     " }),
  ]);
}
