import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { InvalidConfigurationError, missingPackage } from "@muster/pipeline";
import { checkSources } from "./built-from.ts";
import { type BundleFolders, bundlesOf } from "./bundle-folders.ts";
import { stageNamed } from "./define-stages.ts";
import { copyProviderLock } from "./provider-lock.ts";
import type { Stage } from "./stage-settings.ts";

/** Where `stages.ts` and `cdktf.json` lie: the working folder, as for cdktf itself. */
export interface Project {
  readonly folder: string;
  readonly bundles: BundleFolders;
  /** What is fetched once for all bundles. */
  readonly cache: string;
}

export function projectIn(folder: string): Project {
  const cache = join(folder, "node_modules/.cache/muster-infra");
  return { folder, cache, bundles: { functions: join(cache, "functions"), agents: join(cache, "agents") } };
}

/**
 * The stages of `stages.ts`, or the one that is named.
 * @throws MusterError when the file is not there, does not load, or has no such stage
 */
export async function projectStages({ folder }: Project, name?: string): Promise<readonly Stage[]> {
  const stages = await loadStages(folder);
  return name === undefined ? stages : [stageNamed(stages, name)];
}

async function loadStages(folder: string): Promise<readonly Stage[]> {
  const file = join(folder, "stages.ts");
  if (!existsSync(file))
    throw new InvalidConfigurationError(`there is no stages.ts in ${folder}`, {
      hint: 'write one: export default defineStages({ … }), with defineStages from "@muster/infra"',
    });
  let module: { default?: readonly Stage[] };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    // By name: stages may be defined by their own copy of the package.
    if (error instanceof Error && error.name.startsWith("Muster.")) throw error;
    const missing = missingPackage(error, "stages.ts");
    if (missing !== undefined) throw missing;
    const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
    throw new InvalidConfigurationError(`stages.ts cannot be loaded: ${line}`, { cause: error });
  }
  if (!Array.isArray(module.default))
    throw new InvalidConfigurationError("stages.ts exports no stages as its default", {
      hint: "export default defineStages({ … })",
    });
  return module.default;
}

export interface SynthesisChoices {
  readonly outdir?: string | undefined;
  /** Whether what is not built, or was built from other sources, is built first, rather than refused. */
  readonly bundle?: boolean;
  /** How what stages cost is told, on standard output; not at all where absent. */
  readonly cost?: "text" | "json" | undefined;
}

/**
 * Writes the Terraform of stages, from what `bundle` builds. Says on standard error what it had to build.
 * @throws MusterError when something is not built, or was built from other sources, and is not to be; and for whatever `bundle` and `synthesise` refuse
 */
export async function synthesiseStages(
  project: Project,
  stages: readonly Stage[],
  { outdir = join(project.folder, "cdktf.out"), bundle = true, cost }: SynthesisChoices = {},
): Promise<void> {
  const { folder, bundles, cache } = project;
  if (bundle) await (await import("./bundle.ts")).bundleMissing(project, stages, sayAside);
  else for (const bundle of bundlesOf(stages, bundles)) checkSources(bundle);
  // Loading cdktf and the provider's bindings takes longer than all the rest: not where a stage is refused, and compiled once.
  enableCompileCache(join(cache, "compiled"));
  const { synthesise } = await import("./synthesise.ts");
  await synthesise({ stages, outdir, folder, ...bundles });
  for (const { name } of stages) copyProviderLock(folder, join(outdir, "stacks", name));
  if (cost !== undefined)
    await (await import("./cost/print-costs.ts")).printCosts(stages, { folder, outdir, json: cost === "json" });
}

const sayAside = (line: string): void => void process.stderr.write(`${line}\n`);
