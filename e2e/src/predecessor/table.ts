import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A row of the README's table of what differs from the predecessor. */
export interface Row {
  readonly name: string;
  readonly before: string;
  readonly now: string;
  readonly why: string;
}

export type Table = readonly Row[];

/** The rows that begin with a name in bold type: `| **white space** | before | now | why |`. */
export function readTable(): Table {
  const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");
  return readme.split("\n").flatMap((line): Row[] => {
    const [, name, rest = ""] = /^\| \*\*([^*|]+)\*\* \|(.*)\|$/.exec(line) ?? [];
    if (name === undefined) return [];
    const [before = "", now = "", why = ""] = rest.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return [{ name, before, now, why }];
  });
}

/** What stands between backticks in the third cell of a row: a row that lists names is held to them. */
export function namesIn(table: Table, name: string): ReadonlySet<string> {
  const now = table.find((row) => row.name === name)?.now ?? "";
  return new Set(Array.from(now.matchAll(/`([^`]+)`/g), ([, word = ""]) => word));
}
