import { hash, randomUUID } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { getCompileCacheDir, type LoadHookContext, registerHooks, stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Keeps what modules in TypeScript are without their types, beside what Node compiled: Node 22 keeps the latter alone, and would strip a
 * pipeline's types at each start, which takes longer than all else that a start does. A module that has changed is stripped anew.
 */
export function keepStripped(): void {
  const folder = getCompileCacheDir();
  if (folder === undefined) return;
  registerHooks({
    load(url, context, next) {
      if (!isTyped(url, context)) return next(url, context);
      const path = fileURLToPath(url);
      const file = join(folder, `stripped-${path.replaceAll("/", "%")}`);
      const source = readFileSync(path, "utf8");
      const kept = readKept(file, markOf(source));
      if (kept !== undefined) return { format: "module", source: kept, shortCircuit: true };
      const loaded = next(url, context);
      if (loaded.format === "module-typescript") keep(file, source);
      return loaded;
    },
  });
}

/** CommonJS has a way of its own to be loaded. */
const isTyped = (url: string, { format }: LoadHookContext): boolean =>
  /^file:.*\.m?ts$/.test(url) && (format === undefined || format === null || format === "module-typescript");

/** The last line of what is kept says what it was made of. */
const markOf = (source: string): string => `\n// of ${hash("sha256", source)}`;

function readKept(file: string, mark: string): string | undefined {
  try {
    const kept = readFileSync(file, "utf8");
    return kept.endsWith(mark) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** What cannot be stripped, Node refuses in words of its own; where nothing can be kept, it is stripped each time. */
function keep(file: string, source: string): void {
  const written = `${file}.${randomUUID()}`;
  try {
    writeFileSync(written, `${stripTypeScriptTypes(source)}${markOf(source)}`);
    renameSync(written, file);
  } catch {
    return;
  }
}
