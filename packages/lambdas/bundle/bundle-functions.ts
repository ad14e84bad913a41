import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type FunctionName, functionNames, InvalidConfigurationError } from "@muster/pipeline";
import { build, type Plugin } from "esbuild";
import { functionEntry } from "./function-entry.ts";
import { leaveOut } from "./leave-out.ts";
import { slimAwsSdk } from "./slim-aws-sdk.ts";

export interface FunctionBundle {
  readonly name: FunctionName;
  /** Its one file, `<outDir>/<FunctionName>/index.mjs`: what Lambda's archive holds; its handler is `index.handler`. */
  readonly file: string;
  readonly bytes: number;
}

/** Lambda's Node. */
const TARGET = "node24";

/**
 * Bundles every function of a stage with the stage's pipeline. The same sources give the same bytes on any machine: no path and no date is in them.
 * @param pipelineFile a module whose default export is the pipeline
 */
export async function bundleFunctions({
  pipelineFile,
  outDir,
}: {
  pipelineFile: string;
  outDir: string;
}): Promise<FunctionBundle[]> {
  const pipeline = resolve(pipelineFile);
  await stat(pipeline).catch(() => {
    throw new InvalidConfigurationError(`there is no pipeline file ${pipelineFile}`);
  });
  // A definition that cannot work is refused here: functions do not check it again, each time that one starts.
  await import(pathToFileURL(pipeline).href);
  const entries = functionNames.map(async (name) => [name, await functionEntry(name, pipeline)] as const);
  await bundleEntries(new Map(await Promise.all(entries)), resolve(outDir));
  return Promise.all(
    functionNames.map(async (name) => {
      const file = join(resolve(outDir), name, "index.mjs");
      return { name, file, bytes: (await stat(file)).size };
    }),
  );
}

/** Bundles programs given as text, all in one go: what they share is read and parsed once. */
async function bundleEntries(entries: ReadonlyMap<string, string>, outdir: string): Promise<void> {
  await build({
    entryPoints: [...entries.keys()].map((name) => ({ in: `${ENTRY}${name}`, out: `${name}/index` })),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: TARGET,
    mainFields: ["module", "main"],
    plugins: [entriesFrom(entries), slimAwsSdk, leaveOut],
    legalComments: "none",
    charset: "utf8",
    // Warnings of libraries; functions log by themselves.
    drop: ["console"],
    logLevel: "error",
    // CommonJS packages inside an ES module ask for Node's own modules by require.
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
  });
}

const ENTRY = "muster-function:";

function entriesFrom(entries: ReadonlyMap<string, string>): Plugin {
  return {
    name: "entries",
    setup(setup) {
      setup.onResolve({ filter: new RegExp(`^${ENTRY}`) }, ({ path }) => ({ path, namespace: "entries" }));
      setup.onLoad({ filter: /.*/, namespace: "entries" }, ({ path }) => ({
        contents: entries.get(path.slice(ENTRY.length)) ?? "",
        loader: "ts",
        resolveDir: import.meta.dirname,
      }));
    },
  };
}
