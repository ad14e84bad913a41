import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { InvalidConfigurationError, MusterError } from "@muster/pipeline";
import { agentBundle, type BundleFolders, checkSources, functionsBundle } from "./built-from.ts";
import { stageNamed } from "./define-stages.ts";
import { copyProviderLock } from "./provider-lock.ts";
import type { Stage } from "./stage-settings.ts";

export const infraFolder = join(import.meta.dirname, "..");
export const repositoryFolder = join(infraFolder, "..");
export const bundleFolders: BundleFolders = {
  functions: join(infraFolder, "dist/functions"),
  agents: join(infraFolder, "dist/agents"),
};

/**
 * The stages of `stages.ts`, or the one that is named.
 * @throws MusterError when the file does not load, or has no such stage
 */
export async function repositoryStages(name?: string): Promise<readonly Stage[]> {
  const stages = await loadStages();
  return name === undefined ? stages : [stageNamed(stages, name)];
}

async function loadStages(): Promise<readonly Stage[]> {
  try {
    const { default: stages } = await import("../stages.ts");
    return stages;
  } catch (error) {
    if (error instanceof MusterError) throw error;
    const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
    throw new InvalidConfigurationError(`infra/stages.ts cannot be loaded: ${line}`, { cause: error });
  }
}

/**
 * Writes the Terraform of stages of this repository, from what `bundle` built.
 * @throws MusterError when something is not built, or was built from other sources, and for whatever `synthesise` refuses
 */
export async function synthesiseStages(
  stages: readonly Stage[],
  outdir = join(infraFolder, "cdktf.out"),
): Promise<void> {
  const pipelines = [...new Set(stages.map(({ pipeline }) => pipeline))];
  for (const bundle of [...pipelines.map((name) => functionsBundle(name, bundleFolders)), agentBundle(bundleFolders)])
    checkSources(bundle, repositoryFolder);
  // Loading cdktf and the provider's bindings takes longer than all the rest: not where a stage is refused, and compiled once.
  enableCompileCache(join(infraFolder, "node_modules/.cache/compiled"));
  const { synthesise } = await import("./synthesise.ts");
  await synthesise({ stages, outdir, pipelines: join(repositoryFolder, "pipelines"), ...bundleFolders });
  for (const { name } of stages) copyProviderLock(infraFolder, join(outdir, "stacks", name));
}
