import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { InvalidConfigurationError } from "@muster/pipeline";
import type { Bundle } from "./bundle-folders.ts";
import { ownCommand } from "./own-command.ts";

/** Beside a bundle: the digests of what it was made of, as `sha256sum` writes them, with paths from there. */
const RECORD = ".built-from";

/** What package managers say of the libraries that they installed. */
const LOCKS = ["pnpm-lock.yaml", "package-lock.json", "yarn.lock"];

/**
 * Remembers what a bundle was made of, once it is there: its sources, and for its libraries the lock of the nearest package manager.
 * @param inputs absolute paths
 */
export function recordSources({ folder }: Bundle, inputs: readonly string[]): void {
  const sources = inputs.filter((path) => !path.split(sep).includes("node_modules"));
  const lines = [...sources, ...locksAbove(folder)]
    .sort()
    .map((path) => `${digest(path)}  ${relative(folder, path)}\n`);
  writeFileSync(join(folder, RECORD), lines.join(""));
}

/**
 * Says when a bundle is older than its sources: a deployment would ship yesterday's code. A bundle that is not there at all is for a synthesis to name.
 * @throws InvalidConfigurationError naming the bundle and the command that makes it
 */
export function checkSources(bundle: Bundle): void {
  if (!existsSync(bundle.folder) || isCurrent(bundle)) return;
  throw new InvalidConfigurationError(`the bundle of ${bundle.what} is older than its sources`, {
    hint: ownCommand("bundle"),
  });
}

/** Whether a bundle was made, to its end, of what its sources are now. */
export function isCurrent({ folder }: Bundle): boolean {
  const record = join(folder, RECORD);
  if (!existsSync(record)) return false;
  return readFileSync(record, "utf8")
    .split("\n")
    .filter(Boolean)
    .every((line) => isAsBefore(line, folder));
}

function isAsBefore(line: string, folder: string): boolean {
  const [, before, path = ""] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
  const file = resolve(folder, path);
  return existsSync(file) && digest(file) === before;
}

const digest = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** The locks in the nearest folder that has one. */
function locksAbove(folder: string): string[] {
  const here = LOCKS.map((name) => join(folder, name)).filter((path) => existsSync(path));
  return here.length > 0 || dirname(folder) === folder ? here : locksAbove(dirname(folder));
}
