import { existsSync, readdirSync, statSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  checkScripts,
  InvalidPipelineError,
  type MusterError,
  missingPackage,
  nearestWord,
  type Pipeline,
  scriptFile,
} from "@muster/pipeline";
import { keepStripped } from "./keep-stripped.ts";
import { UsageError } from "./usage-error.ts";

export interface LoadedPipeline {
  readonly pipeline: Pipeline;
  /** Absolute path of its definition. */
  readonly file: string;
  /** Its scripts' paths are relative to this folder. */
  readonly folder: string;
}

/** Muster releases itself: the pipeline of its own checkout. */
const DEFAULT_PIPELINE = "muster";

const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Loads a pipeline by name, from `pipelines/<name>/pipeline.ts` around the working directory or beside the program, or from a file; where
 * neither is given, the one that the working directory belongs to.
 * @throws UsageError when there is none, InvalidPipelineError when it cannot work; both name the file
 */
export async function loadPipeline(nameOrFile: string | undefined, { cwd }: { cwd: string }): Promise<LoadedPipeline> {
  const file = nameOrFile === undefined ? findAround(cwd) : findNamed(nameOrFile, cwd);
  const shown = shownFrom(cwd, file);
  if (!existsSync(file))
    throw new UsageError(`there is no pipeline file ${shown}`, { hint: "--pipeline takes a name or a file" });
  if (nameOrFile !== undefined && statSync(file).isDirectory()) {
    throw new UsageError(`${nameOrFile} is a folder`, {
      hint: `--pipeline takes a name or a file: ${join(nameOrFile, "pipeline.ts")}`,
    });
  }
  shareOurPipelinePackage();
  const pipeline = await importPipeline(file, shown);
  const folder = dirname(file);
  checkScripts(pipeline, (path) => !existsSync(scriptFile(folder, path)), shown);
  return { pipeline, file, folder };
}

const FILES = ["pipeline.ts", "pipeline.mjs"];

/** `pipeline.ts` in a folder or the nearest above it, or the default pipeline where the folder lies in Muster's own checkout. */
function findAround(cwd: string): string {
  const found = around(cwd)
    .flatMap((folder) => [folder, join(folder, "pipelines", DEFAULT_PIPELINE)])
    .flatMap((folder) => FILES.map((file) => join(folder, file)))
    .find((file) => existsSync(file));
  if (found !== undefined) return found;
  const [here] = around(cwd).flatMap((folder) => readdirIfThere(join(folder, "pipelines")));
  throw new UsageError("there is no pipeline.ts here or in a folder above", {
    hint:
      here === undefined
        ? "`muster init` writes one; --pipeline names one that lies elsewhere"
        : `name one of pipelines/ with --pipeline, such as --pipeline ${here}`,
  });
}

/** A folder and those above it. */
function around(folder: string): string[] {
  const parent = dirname(folder);
  return [folder, ...(parent === folder ? [] : around(parent))];
}

const readdirIfThere = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

const findNamed = (nameOrFile: string, cwd: string): string =>
  NAME.test(nameOrFile) ? findByName(nameOrFile, cwd) : resolve(cwd, nameOrFile);

/** Folders that hold pipelines: those above the working directory first, then those the program came with. */
function pipelineFolders(cwd: string): string[] {
  const folders = [...around(cwd), ...around(import.meta.dirname)].map((folder) => join(folder, "pipelines"));
  return [...new Set(folders)].filter((folder) => existsSync(folder));
}

function findByName(name: string, cwd: string): string {
  const folders = pipelineFolders(cwd);
  const found = folders
    .flatMap((folder) => FILES.map((file) => join(folder, name, file)))
    .find((file) => existsSync(file));
  if (found !== undefined) return found;
  const known = folders.flatMap((folder) => readdirSync(folder)).sort();
  const nearest = nearestWord(name, known);
  throw new UsageError(`there is no pipeline "${name}"`, {
    hint:
      nearest === undefined
        ? `known are ${known.join(", ")}; --pipeline also takes a file`
        : `did you mean ${nearest}?`,
  });
}

let shared = false;

async function importPipeline(file: string, shown: string): Promise<Pipeline> {
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw missingPackage(error, shown) ?? brokenPipeline(error, { file, shown });
  }
  const pipeline = [module.default, ...Object.values(module)].find(isPipeline);
  if (pipeline !== undefined) return pipeline;
  throw new InvalidPipelineError(shown, ["it exports no pipeline: export default definePipeline({ … })"], shown);
}

/** By shape: a pipeline elsewhere on the disk may be defined by its own copy of the package. */
function isPipeline(value: unknown): value is Pipeline {
  return (
    typeof value === "object" && value !== null && "flow" in value && "activities" in value && "platforms" in value
  );
}

function brokenPipeline(error: unknown, { file, shown }: { file: string; shown: string }): MusterError {
  if (!(error instanceof Error)) return new InvalidPipelineError(shown, [String(error)], shown);
  if (error.name === "Muster.InvalidPipeline" && "problems" in error) {
    return new InvalidPipelineError(shown, error.problems as string[], shown);
  }
  const message = error.message.replaceAll(/\s+/g, " ").trim();
  return new InvalidPipelineError(shown, [message], `${shown}${lineOf(error, file)}`);
}

/** Where in the definition itself an import failed: `:12`. What failed in a file that it imports is told by that file's name in the message. */
function lineOf({ stack = "" }: Error, file: string): string {
  const places = [pathToFileURL(file).href, file].map((place) => stack.split(`${place}:`)[1]);
  const line = places.flatMap((rest) => /^\d+/.exec(rest ?? "") ?? [])[0];
  return line === undefined ? "" : `:${line}`;
}

/** A file as the user would name it from where they are. */
export function shownFrom(cwd: string, file: string): string {
  const path = relative(cwd, file);
  return path.startsWith("..") ? file : path;
}

/**
 * A pipeline anywhere on the disk may import `@muster/pipeline` without installing it. A bundled program gives it the copy within, which is
 * loaded already; from sources it gets its own where it has one.
 */
function shareOurPipelinePackage(): void {
  if (shared) return;
  shared = true;
  keepStripped();
  const beside = join(import.meta.dirname, "pipeline.mjs");
  const bundled = existsSync(beside);
  const ours = bundled ? pathToFileURL(beside).href : import.meta.resolve("@muster/pipeline");
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== "@muster/pipeline") return next(specifier, context);
      if (bundled) return next(ours, context);
      try {
        return next(specifier, context);
      } catch {
        return next(ours, context);
      }
    },
  });
}
