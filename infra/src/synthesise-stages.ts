import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { checkSources } from "./built-from.ts";
import { bundlesOf } from "./bundle-folders.ts";
import type { Project } from "./project.ts";
import { copyProviderLock } from "./provider-lock.ts";
import { reservedConcurrencyNeeds } from "./reserved-concurrency.ts";
import type { Stage } from "./stage-settings.ts";

export interface SynthesisChoices {
  readonly outdir?: string | undefined;
  /** Whether what is not built, or was built from other sources, is built first, rather than refused. */
  readonly bundle?: boolean;
  /** How what stages cost is told, on standard output; not at all where absent. */
  readonly cost?: "text" | "json" | undefined;
}

/**
 * Writes the Terraform of stages, from what `bundle` builds. Says on standard error what it had to build, and what the stages need of an account that a new one lacks.
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
  for (const line of reservedConcurrencyNeeds(stages)) sayAside(line);
  if (cost !== undefined)
    await (await import("./cost/print-costs.ts")).printCosts(stages, { folder, outdir, json: cost === "json" });
}

const sayAside = (line: string): void => void process.stderr.write(`${line}\n`);
