import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package of the workspace whose tests vitest runs. */
export interface Suite {
  /** The package's name without its scope: `cli`. */
  readonly name: string;
  /** Absolute path of the package. */
  readonly folder: string;
}

/** The suites of a pnpm workspace, by name. */
export function findSuites(root: string): Suite[] {
  const patterns = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8").matchAll(/^ {2}- ([\w./*-]+)$/gm);
  return Array.from(patterns, ([, pattern = ""]) => globSync(pattern, { cwd: root }))
    .flat()
    .flatMap((path) => suiteIn(join(root, path)))
    .sort((one, other) => one.name.localeCompare(other.name));
}

function suiteIn(folder: string): Suite[] {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return [];
  const { name, scripts } = JSON.parse(readFileSync(file, "utf8")) as {
    name: string;
    scripts?: { test?: string };
  };
  return scripts?.test?.startsWith("vitest") ? [{ name: name.replace(/^@[^/]+\//, ""), folder }] : [];
}
