import { readdirSync, rmdirSync } from "node:fs";
import { dirname, relative } from "node:path";

/** Removes a folder and those above it, up to `root`, as long as nothing is in them. */
export function removeEmptyFolders(folder: string, root: string): void {
  for (let path = folder; relative(root, path) !== "" && !relative(root, path).startsWith(".."); path = dirname(path)) {
    try {
      if (readdirSync(path).length > 0) return;
      rmdirSync(path);
    } catch {
      return;
    }
  }
}
