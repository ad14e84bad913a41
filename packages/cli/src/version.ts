import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The version of the nearest package.json above the program: of the checkout, or of the installed package. */
export function programVersion(start: string = import.meta.dirname): string {
  const file = join(start, "package.json");
  if (existsSync(file))
    return String((JSON.parse(readFileSync(file, "utf8")) as { version?: string }).version ?? "unknown");
  return dirname(start) === start ? "unknown" : programVersion(dirname(start));
}
