import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { functionNames } from "@muster/pipeline";
import type { BuiltPrograms } from "./built-programs.ts";

/** Beside this module where Muster is installed: programs that were built when it was packed, with the SDK that its tests had. */
const installed = join(import.meta.dirname, "functions");

let built: Promise<BuiltPrograms> | undefined;

/** The programs that came with an installed Muster; in a checkout they are built of its sources, once a process. */
export function functionPrograms(): Promise<BuiltPrograms> {
  built ??= existsSync(installed) ? readPrograms() : buildOwnPrograms();
  return built;
}

/** Where programs are built already, what would build them is not there. */
async function buildOwnPrograms(): Promise<BuiltPrograms> {
  const { buildPrograms } = await import("./build-programs.ts");
  return buildPrograms();
}

async function readPrograms(): Promise<BuiltPrograms> {
  const files = functionNames.map((name) => ({ name, path: join(installed, `${name}.mjs`) }));
  const texts = files.map(async ({ name, path }) => [name, await readFile(path, "utf8")] as const);
  return { programs: new Map(await Promise.all(texts)), inputs: files.map(({ path }) => path) };
}
