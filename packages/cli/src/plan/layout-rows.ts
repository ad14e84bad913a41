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
  const heads = rows.map((row) => row.slice(0, -1));
  const indent = " ".repeat(5);
  const table = formatTable(heads);
  const fits = table.every((line) => columnsOf(line) <= columns);
  const loose = (cells: readonly string[]) => cells.filter((cell) => cell !== "").join("  ");
  return rows.flatMap((row, index) => [
    ...(fits ? [table[index] ?? ""] : wrapColumns(loose(heads[index] ?? []), { columns, indent })),
    ...(row.at(-1) === "" ? [] : wrapColumns(`${indent}${row.at(-1)}`, { columns, indent })),
  ]);
}
