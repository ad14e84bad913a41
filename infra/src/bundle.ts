import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { isCurrent, recordSources } from "./built-from.ts";
import { type Architecture, architectureOf, builtArchitectures, missingFunctions } from "./built-parts.ts";
import { agentBundle, type BundlePlaces, functionsBundle } from "./bundle-folders.ts";
import { loadBundlers } from "./bundlers.ts";
import { loadPipeline, pipelineFile } from "./load-pipeline.ts";
import type { Stage } from "./stage-settings.ts";

/** Takes what is said of each thing made, a line at a time. */
export type Say = (line: string) => void;

/**
 * `bundle`: builds what a synthesis needs, for the pipelines of stages: the functions' bundles, and the agent's archives for their workers. What is there of an earlier one goes first.
 * @throws MusterError where a pipeline does not load, or an agent's Node cannot be had
 */
export async function bundleStages(places: BundlePlaces, stages: readonly Stage[], say: Say): Promise<void> {
  for (const name of pipelinesOf(stages)) await makeFunctions(places, name, say);
  await makeAgents(places, await architecturesOf(places, stages), say);
}

/**
 * What `bundle` would make and is not there, or was made of other sources. Archives of other architectures, which other stages may need, are made anew with it.
 * @throws MusterError as `bundleStages` does
 */
export async function bundleMissing(places: BundlePlaces, stages: readonly Stage[], say: Say): Promise<void> {
  const { bundles } = places;
  // First, because it refuses what is wrong with a pipeline.
  const wanted = await architecturesOf(places, stages);
  for (const name of pipelinesOf(stages)) {
    const bundle = functionsBundle(name, bundles);
    if (!isCurrent(bundle) || missingFunctions(bundle.folder).length > 0) await makeFunctions(places, name, say);
  }
  const there = builtArchitectures(bundles.agents);
  if (isCurrent(agentBundle(bundles)) && wanted.every((architecture) => there.includes(architecture))) return;
  await makeAgents(places, [...new Set([...there, ...wanted])], say);
}

const pipelinesOf = (stages: readonly Stage[]) => new Set(stages.map(({ pipeline }) => pipeline));

async function architecturesOf({ folder }: BundlePlaces, stages: readonly Stage[]): Promise<Architecture[]> {
  const loaded = await Promise.all([...pipelinesOf(stages)].map((name) => loadPipeline(name, folder)));
  return [...new Set(loaded.flatMap(({ pipeline }) => pipeline.activities.map(architectureOf)))];
}

async function makeFunctions({ folder, bundles }: BundlePlaces, name: string, say: Say): Promise<void> {
  const { bundleFunctions } = await loadBundlers();
  const bundle = functionsBundle(name, bundles);
  rmSync(bundle.folder, { recursive: true, force: true });
  const made = await bundleFunctions({ pipelineFile: pipelineFile(name, folder), outDir: bundle.folder });
  for (const { file, bytes } of made.bundles) say(line(`${(bytes / 1024).toFixed(1)} KiB`, file));
  recordSources(bundle, made.inputs);
}

async function makeAgents({ bundles, cache }: BundlePlaces, wanted: readonly Architecture[], say: Say): Promise<void> {
  const { writeAgentArchives } = await loadBundlers();
  const bundle = agentBundle(bundles);
  rmSync(bundle.folder, { recursive: true, force: true });
  const made = await writeAgentArchives({ out: bundle.folder, cache: join(cache, "node"), wanted });
  for (const { file, bytes, sha256 } of made.archives)
    say(line(`${(bytes / 2 ** 20).toFixed(1)} MiB`, file, sha256.slice(0, 16)));
  recordSources(bundle, made.inputs);
}

const line = (size: string, file: string, ...more: readonly string[]): string =>
  [size.padStart(11), relative(process.cwd(), file), ...more].join("  ");
