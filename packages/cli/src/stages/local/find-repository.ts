import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout that a folder lies in; undefined when it lies in none. */
export function findRepository(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findRepository(parent);
}
