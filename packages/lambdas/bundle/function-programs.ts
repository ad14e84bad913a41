import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type FunctionName, functionNames } from "@muster/pipeline";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { leaveOut } from "./leave-out.ts";
import { slimAwsSdk } from "./slim-aws-sdk.ts";

/** The text of each function's program, which exports `handlerOf(pipeline)`. */
export type FunctionPrograms = ReadonlyMap<FunctionName, string>;

export interface BuiltPrograms {
  readonly programs: FunctionPrograms;
  /** Absolute paths of the files that they were made of. */
  readonly inputs: readonly string[];
}

/** What programs and bundles have in common. */
export const BUILD = {
  bundle: true,
  minify: true,
  platform: "node",
  format: "esm",
  /** Lambda's Node. */
  target: "node24",
  mainFields: ["module", "main"],
  outdir: "/",
  outExtension: { ".js": ".mjs" },
  legalComments: "none",
  charset: "utf8",
  // Warnings of libraries; functions log by themselves.
  drop: ["console"],
  logLevel: "error",
  metafile: true,
  write: false,
} as const satisfies BuildOptions;

/** Beside this module where Muster is installed: programs that were built when it was packed, with the SDK that its tests had. */
const installed = join(import.meta.dirname, "functions");

let built: Promise<BuiltPrograms> | undefined;

/** The programs that came with an installed Muster; in a checkout they are built of its sources, once a process. */
export function functionPrograms(): Promise<BuiltPrograms> {
  built ??= existsSync(installed) ? readPrograms() : buildPrograms();
  return built;
}

async function readPrograms(): Promise<BuiltPrograms> {
  const files = functionNames.map((name) => ({ name, path: join(installed, `${name}.mjs`) }));
  const texts = files.map(async ({ name, path }) => [name, await readFile(path, "utf8")] as const);
  return { programs: new Map(await Promise.all(texts)), inputs: files.map(({ path }) => path) };
}

/**
 * Bundles each function with its part of the SDK, whose files this knows by name. What a pipeline shares with them stays outside: `@muster/pipeline`, and
 * `zod`, of which a bundle has one copy.
 */
export async function buildPrograms(): Promise<BuiltPrograms> {
  // Where programs are built already, the sources that they would be built of are not there.
  const { functionProgram } = await import("./function-program.ts");
  const sources = functionNames.map(async (name) => [name, await functionProgram(name)] as const);
  const { outputFiles, metafile } = await build({
    ...BUILD,
    entryPoints: functionNames.map((name) => ({ in: `${PROGRAM}${name}`, out: name })),
    external: ["@muster/pipeline", "zod"],
    plugins: [texts(PROGRAM, new Map(await Promise.all(sources))), slimAwsSdk, leaveOut],
  });
  const nameOf = (path: string) => basename(path, ".mjs") as FunctionName;
  return {
    programs: new Map(outputFiles.map(({ path, text }) => [nameOf(path), text])),
    inputs: filesOf(metafile.inputs),
  };
}

const PROGRAM = "muster-program:";

/** Modules that are given as text, each behind a prefix; what they import is looked for from here. */
export function texts(prefix: string, modules: ReadonlyMap<string, string>): Plugin {
  return {
    name: prefix,
    setup(setup) {
      setup.onResolve({ filter: new RegExp(`^${prefix}`) }, ({ path }) => ({ path, namespace: prefix }));
      setup.onLoad({ filter: /.*/, namespace: prefix }, ({ path }) => ({
        contents: modules.get(path.slice(prefix.length)) ?? "",
        resolveDir: import.meta.dirname,
      }));
    },
  };
}

/** Those of a build's inputs that are files: others are texts of ours. */
export const filesOf = (inputs: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(inputs)
    .map((path) => join(process.cwd(), path))
    .filter((path) => existsSync(path));
