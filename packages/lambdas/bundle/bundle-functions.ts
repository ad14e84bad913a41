import { mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type FunctionName, functionNames, InvalidConfigurationError } from "@muster/pipeline";
import { build } from "esbuild";
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
  const bundles: FunctionBundle[] = [];
  for (const name of functionNames) {
    const file = join(resolve(outDir), name, "index.mjs");
    await mkdir(dirname(file), { recursive: true });
    await bundleFile(await functionEntry(name, pipeline), file);
    bundles.push({ name, file, bytes: (await stat(file)).size });
  }
  return bundles;
}

/** Bundles one program, given as text. */
export async function bundleFile(contents: string, outfile: string): Promise<void> {
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, sourcefile: "entry.ts", loader: "ts" },
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: TARGET,
    mainFields: ["module", "main"],
    plugins: [slimAwsSdk, leaveOut],
    legalComments: "none",
    charset: "utf8",
    // Warnings of libraries; functions log by themselves.
    drop: ["console"],
    logLevel: "error",
    // CommonJS packages inside an ES module ask for Node's own modules by require.
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
  });
}
