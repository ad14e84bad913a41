import { columnsOf } from "./text-columns.ts";

/** Rows as lines with aligned columns; styled cells count without their colours, and columns that are empty throughout are left out. */
export function formatTable(rows: readonly (readonly string[])[], { indent = "" }: { indent?: string } = {}): string[] {
  const widths: number[] = [];
  const taken = rows.map((row) => row.map(columnsOf));
  for (const row of taken) {
    for (const [column, columns] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, columns);
  }
  return rows.map((row, number) => {
    const cells = row.flatMap((cell, column) => {
      const width = widths[column] ?? 0;
      return width === 0 ? [] : [cell + " ".repeat(width - (taken[number]?.[column] ?? 0))];
    });
    return (indent + cells.join("  ")).trimEnd();
  });
}
