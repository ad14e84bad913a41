import { realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";

export interface Bundle {
  /** Absolute paths of the modules that went into it. */
  readonly modules: readonly string[];
}

/** Where Node finds the package that pipelines import, from the command's folder. */
export const sharedPackage = "node_modules/@muster/pipeline";

/**
 * Bundles what an installed Muster consists of, from the sources in `tree`, into `folder`:
 * `cli.mjs`, the command; `agent.mjs`, the program on a worker, which the local stage looks for beside the command; and
 * `@muster/pipeline`, which the command shares with the pipelines that users write. The same sources give the same bytes in any folder.
 */
export async function bundle({ tree, folder }: { tree: string; folder: string }): Promise<Bundle> {
  // esbuild writes the paths of CommonJS modules, which are dependencies all of them, into its output: relative to where these are installed.
  const installation = dirname(await realpath(join(tree, "node_modules")));
  const programs: readonly { source: string; file: string; external?: string[] }[] = [
    { source: "cli/src/main.ts", file: "cli.mjs", external: ["@muster/pipeline"] },
    { source: "worker-agent/src/main.ts", file: "agent.mjs" },
    { source: "pipeline/src/index.ts", file: `${sharedPackage}/index.mjs` },
  ];
  const built = await Promise.all(
    programs.map(({ source, file, ...options }) =>
      build({
        ...commonOptions,
        ...options,
        absWorkingDir: installation,
        entryPoints: [join(tree, "packages", source)],
        outfile: join(folder, file),
      }),
    ),
  );
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  return { modules: [...new Set(inputs)].map((path) => resolve(installation, path)).sort() };
}

const commonOptions = {
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
} as const satisfies BuildOptions;
