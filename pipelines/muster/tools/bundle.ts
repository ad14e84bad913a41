import { mkdir, realpath, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { renameChunks } from "./rename-chunks.ts";

export interface Bundle {
  /** Absolute paths of the modules that went into it. */
  readonly modules: readonly string[];
}

/** Where Node finds the package that pipelines import, from the command's folder. */
export const sharedPackage = "node_modules/@muster/pipeline";

/**
 * Bundles what an installed Muster consists of, from the sources in `tree`, into `folder`:
 * `cli.mjs`, the command; `agent.mjs`, the program on a worker, which the local stage looks for beside the command; and
 * `@muster/pipeline`, for the pipelines that users write. They share their code, which lies in chunks beside them, so that a pipeline gets the
 * command's own copy, and the agent loads what its first poll does not need later. The same sources give the same bytes in any folder.
 */
export async function bundle({ tree, folder }: { tree: string; folder: string }): Promise<Bundle> {
  // esbuild writes the paths of CommonJS modules, which are dependencies all of them, into its output: relative to where these are installed.
  const installation = dirname(await realpath(join(tree, "node_modules")));
  const source = (path: string): string => join(tree, "packages", path);
  const { leanBuiltins } = (await import(source("worker-agent/bundle/lean-builtins.ts"))) as { leanBuiltins: Plugin };
  const { straightImports } = (await import(source("worker-agent/bundle/straight-imports.ts"))) as {
    straightImports: Plugin;
  };
  const { outputFiles, metafile } = await build({
    absWorkingDir: installation,
    entryPoints: {
      cli: source("cli/src/start.ts"),
      agent: source("worker-agent/src/main.ts"),
      [`${sharedPackage}/index`]: source("pipeline/src/index.ts"),
    },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    // As the checkout's own bundles resolve: the SDK's ES modules, which are smaller, and whose names survive a dynamic import.
    mainFields: ["module", "main"],
    chunkNames: "[name]-[hash]",
    write: false,
    metafile: true,
    bundle: true,
    plugins: [leanBuiltins, straightImports],
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    // Names stay, so that a stack trace from a user's machine can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "error",
    // CommonJS dependencies call require() for Node's own modules.
    banner: {
      js: 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);',
    },
  });
  refuseLostNames(metafile);
  for (const [path, text] of renameChunks(outputFiles)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return {
    modules: Object.keys(metafile.inputs)
      .filter((path) => !path.startsWith(`${leanBuiltins.name}:`))
      .map((path) => resolve(installation, path))
      .sort(),
  };
}

/**
 * Of a CommonJS module that is imported when it is needed, esbuild leaves nothing but the default export: `const { Upload } = await import(…)`
 * would be undefined, which no start of the program shows.
 * @throws Error naming both modules
 */
export function refuseLostNames({ inputs }: Pick<Metafile, "inputs">): void {
  for (const [path, { imports }] of Object.entries(inputs)) {
    const lost = imports.find((each) => each.kind === "dynamic-import" && inputs[each.path]?.format === "cjs");
    if (lost !== undefined)
      throw new Error(`${path} imports the CommonJS module ${lost.path} when it is needed: its names would be lost`);
  }
}
