import { columnsOf } from "./text-columns.ts";

/** Rows as lines with aligned columns; styled cells count without their colours, and columns that are empty throughout are left out. */
export function formatTable(rows: readonly (readonly string[])[], { indent = "" }: { indent?: string } = {}): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, columnsOf(cell));
  }
  return rows.map((row) => {
    const cells = row.flatMap((cell, column) => {
      const width = widths[column] ?? 0;
      return width === 0 ? [] : [cell + " ".repeat(width - columnsOf(cell))];
    });
    return (indent + cells.join("  ")).trimEnd();
  });
}
