import { join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";

export interface Bundle {
  /** Absolute paths of the modules that went into it. */
  readonly modules: readonly string[];
}

/**
 * Bundles what an installed Muster consists of, from the sources in `tree`, into `folder`:
 * `cli.mjs`, the command; `agent.mjs`, the program on a worker, which the local stage looks for beside the command;
 * `pipeline.mjs`, which is `@muster/pipeline` for pipelines that users write, sharing its code with the command.
 */
export async function bundle({ tree, folder }: { tree: string; folder: string }): Promise<Bundle> {
  const source = (path: string): string => join(tree, "packages", path);
  const built = await Promise.all([
    build({
      ...options(tree),
      entryPoints: { cli: source("cli/src/main.ts"), pipeline: source("pipeline/src/index.ts") },
      splitting: true,
      outdir: folder,
      outExtension: { ".js": ".mjs" },
    }),
    build({
      ...options(tree),
      entryPoints: [source("worker-agent/src/main.ts")],
      outfile: join(folder, "agent.mjs"),
    }),
  ]);
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  return { modules: [...new Set(inputs)].map((path) => resolve(tree, path)).sort() };
}

function options(tree: string): BuildOptions & { metafile: true } {
  return {
    absWorkingDir: tree,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    metafile: true,
    // Names stay, so that a stack trace from a user's machine can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "error",
    // CommonJS dependencies call require() for Node's own modules.
    banner: {
      js: 'import{createRequire as $createRequire}from"node:module";const require=$createRequire(import.meta.url);',
    },
  };
}
