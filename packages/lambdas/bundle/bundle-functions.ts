import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type FunctionName, functionNames, InvalidConfigurationError } from "@muster/pipeline";
import { build, type Plugin } from "esbuild";
import { BUILD, filesOf, texts } from "./esbuild-options.ts";
import { functionPrograms } from "./function-programs.ts";
import { leaveOut } from "./leave-out.ts";

export interface FunctionBundle {
  readonly name: FunctionName;
  /** Its one file, `<outDir>/<FunctionName>/index.mjs`: what Lambda's archive holds; its handler is `index.handler`. */
  readonly file: string;
  readonly bytes: number;
}

export interface FunctionBundles {
  readonly bundles: readonly FunctionBundle[];
  /** Absolute paths of the files that they were made of. */
  readonly inputs: readonly string[];
}

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
}): Promise<FunctionBundles> {
  const pipeline = resolve(pipelineFile);
  await stat(pipeline).catch(() => {
    throw new InvalidConfigurationError(`there is no pipeline file ${pipelineFile}`);
  });
  // A definition that cannot work is refused here: functions do not check it again, each time that one starts.
  await import(pathToFileURL(pipeline).href);
  const { files, inputs } = await linkPrograms(pipeline);
  const bundles = [...files].map(async ([name, content]) => {
    const file = join(resolve(outDir), name, "index.mjs");
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return { name, file, bytes: content.byteLength };
  });
  return { bundles: await Promise.all(bundles), inputs };
}

export type BundleFunctions = typeof bundleFunctions;

const ENTRY = "muster-function:";
const PROGRAM = "muster-built:";

/** Puts a pipeline to the functions' programs, all in one go: what they share is read and parsed once. */
async function linkPrograms(
  pipelineFile: string,
): Promise<{ files: Map<FunctionName, Uint8Array>; inputs: readonly string[] }> {
  const { programs, inputs } = await functionPrograms();
  const entry = (name: FunctionName) =>
    [
      `import { handlerOf } from ${JSON.stringify(`${PROGRAM}${name}`)};`,
      `import pipeline from ${JSON.stringify(pipelineFile)};`,
      "export const handler = handlerOf(pipeline);",
    ].join("\n");
  const { outputFiles, metafile } = await build({
    ...BUILD,
    entryPoints: functionNames.map((name) => ({ in: `${ENTRY}${name}`, out: `${name}/index` })),
    plugins: [
      texts(ENTRY, new Map(functionNames.map((name) => [name, entry(name)]))),
      texts(PROGRAM, programs),
      onePipelinePackage,
      leaveOut,
    ],
    // CommonJS packages inside an ES module ask for Node's own modules by require.
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
  });
  const nameOf = (path: string) => path.split(/[\\/]/).at(-2) as FunctionName;
  return {
    files: new Map(outputFiles.map(({ path, contents }) => [nameOf(path), contents])),
    inputs: [...new Set([...inputs, ...filesOf(metafile.inputs)])].sort(),
  };
}

/** A pipeline elsewhere on the disk may have a copy of its own: functions and pipeline share ours. */
const onePipelinePackage: Plugin = {
  name: "one-pipeline-package",
  setup(setup) {
    setup.onResolve({ filter: /^@muster\/pipeline$/ }, ({ path, kind, resolveDir }) =>
      resolveDir === import.meta.dirname ? undefined : setup.resolve(path, { kind, resolveDir: import.meta.dirname }),
    );
  },
};
