import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkScripts, InvalidConfigurationError, MusterError, type Pipeline, scriptFile } from "@muster/pipeline";

export interface LoadedPipeline {
  readonly pipeline: Pipeline;
  /** Scripts are named relative to it. */
  readonly folder: string;
}

/**
 * Loads `<folder>/<name>/pipeline.ts`, with every script that it names there.
 * @throws MusterError with one line that names the file and what is wrong with it
 */
export async function loadPipeline(name: string, pipelines: string): Promise<LoadedPipeline> {
  const folder = join(pipelines, name);
  const file = `pipelines/${name}/pipeline.ts`;
  if (!existsSync(join(folder, "pipeline.ts"))) {
    const there = readdirSync(pipelines).filter((entry) => existsSync(join(pipelines, entry, "pipeline.ts")));
    throw new InvalidConfigurationError(`there is no ${file}`, { hint: `there are ${there.sort().join(", ")}` });
  }
  const pipeline = await importPipeline(join(folder, "pipeline.ts"), file);
  checkScripts(pipeline, (path) => !existsSync(scriptFile(folder, path)), file);
  return { pipeline, folder };
}

async function importPipeline(path: string, file: string): Promise<Pipeline> {
  let module: { default?: Pipeline };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof MusterError) throw error;
    const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
    throw new InvalidConfigurationError(`${file} cannot be loaded: ${line}`, { cause: error });
  }
  if (!module.default?.activities) throw new InvalidConfigurationError(`${file} exports no pipeline as its default`);
  return module.default;
}
