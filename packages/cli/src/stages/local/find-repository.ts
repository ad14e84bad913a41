import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout, or the unpacked source of a workspace without git's folder, that a folder lies in; undefined when it lies in none. */
export function findRepository(folder: string): string | undefined {
  return nearest(folder, ".git") ?? nearest(folder, "pnpm-workspace.yaml");
}

function nearest(folder: string, mark: string): string | undefined {
  if (existsSync(join(folder, mark))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearest(parent, mark);
}
