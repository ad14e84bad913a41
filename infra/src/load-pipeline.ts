import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkScripts, InvalidConfigurationError, missingPackage, type Pipeline, scriptFile } from "@muster/pipeline";

export interface LoadedPipeline {
  readonly pipeline: Pipeline;
  /** Scripts are named relative to it. */
  readonly folder: string;
}

const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * The file of a pipeline, as a stage names it: a path, or a name for `pipelines/<name>/pipeline.ts`.
 * @param from where `stages.ts` lies; a name is looked for above it, too
 * @throws InvalidConfigurationError where there is none
 */
export function pipelineFile(nameOrFile: string, from: string): string {
  if (NAME.test(nameOrFile)) return fileNamed(nameOrFile, from);
  const file = resolve(from, nameOrFile);
  if (existsSync(file)) return file;
  throw new InvalidConfigurationError(`there is no ${nameOrFile}`, {
    hint: "a stage's pipeline is a file, from where stages.ts lies",
  });
}

function fileNamed(name: string, from: string): string {
  const folders = pipelineFolders(from);
  const file = folders.map((folder) => join(folder, name, "pipeline.ts")).find(existsSync);
  if (file !== undefined) return file;
  const there = folders.flatMap((folder) =>
    readdirSync(folder).filter((entry) => existsSync(join(folder, entry, "pipeline.ts"))),
  );
  throw new InvalidConfigurationError(`there is no pipelines/${name}/pipeline.ts`, {
    hint: there.length > 0 ? `there are ${there.sort().join(", ")}` : "name the file of a pipeline: ./pipeline.ts",
  });
}

function pipelineFolders(from: string): string[] {
  const here = join(from, "pipelines");
  const above = dirname(from) === from ? [] : pipelineFolders(dirname(from));
  return existsSync(here) ? [here, ...above] : above;
}

/**
 * Loads a stage's pipeline, with every script that it names beside it.
 * @throws MusterError with one line that names the file and what is wrong with it
 */
export async function loadPipeline(nameOrFile: string, from: string): Promise<LoadedPipeline> {
  const file = pipelineFile(nameOrFile, from);
  const folder = dirname(file);
  const shown = NAME.test(nameOrFile) ? `pipelines/${nameOrFile}/pipeline.ts` : nameOrFile;
  const pipeline = await importPipeline(file, shown);
  checkScripts(pipeline, (path) => !existsSync(scriptFile(folder, path)), shown);
  return { pipeline, folder };
}

async function importPipeline(file: string, shown: string): Promise<Pipeline> {
  let module: { default?: Pipeline };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    // By name: a pipeline may be defined by its own copy of the package.
    if (error instanceof Error && error.name.startsWith("Muster.")) throw error;
    const missing = missingPackage(error, shown);
    if (missing !== undefined) throw missing;
    const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
    throw new InvalidConfigurationError(`${shown} cannot be loaded: ${line}`, { cause: error });
  }
  if (!module.default?.activities) throw new InvalidConfigurationError(`${shown} exports no pipeline as its default`);
  return module.default;
}
