import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

// In a checkout: the bundle, unless a source is newer than it. An installed Muster is the bundle alone, without this file.
const packages = join(import.meta.dirname, "../..");
const bundle = join(packages, "cli/dist/muster.mjs");
await import(isFresh() ? bundle : join(packages, "cli/src/start.ts"));

function isFresh() {
  const built = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return false;
  return readdirSync(packages).every((name) => noneIsNewer(join(packages, name, "src"), built));
}

/** Folders count too: removing a file changes theirs. */
function noneIsNewer(folder, builtMs) {
  const sources = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    ({ name }) => !name.endsWith(".test.ts"),
  );
  const paths = [folder, ...sources.map(({ parentPath, name }) => join(parentPath, name))];
  return paths.every((path) => statSync(path).mtimeMs <= builtMs);
}
