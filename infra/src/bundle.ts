import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { recordSources } from "./built-from.ts";
import { type Architecture, architectureOf } from "./built-parts.ts";
import { agentBundle, functionsBundle } from "./bundle-folders.ts";
import { loadBundlers } from "./bundlers.ts";
import { loadPipeline, pipelineFile } from "./load-pipeline.ts";
import type { Project } from "./project.ts";
import type { Stage } from "./stage-settings.ts";

/**
 * `bundle`: builds what a synthesis needs, for the pipelines of stages: the functions' bundles, and the agent's archives for their workers. What is there of an earlier one goes first.
 * @throws MusterError where a pipeline does not load, or an agent's Node cannot be had
 */
export async function bundleStages({ folder, bundles, cache }: Project, stages: readonly Stage[]): Promise<void> {
  const { bundleFunctions, writeAgentArchives } = await loadBundlers();
  const wanted = new Set<Architecture>();
  for (const name of new Set(stages.map(({ pipeline }) => pipeline))) {
    const bundle = functionsBundle(name, bundles);
    rmSync(bundle.folder, { recursive: true, force: true });
    const made = await bundleFunctions({ pipelineFile: pipelineFile(name, folder), outDir: bundle.folder });
    for (const { file, bytes } of made.bundles) show(`${(bytes / 1024).toFixed(1)} KiB`, file);
    recordSources(bundle, made.inputs);
    for (const activity of (await loadPipeline(name, folder)).pipeline.activities) wanted.add(architectureOf(activity));
  }
  const bundle = agentBundle(bundles);
  rmSync(bundle.folder, { recursive: true, force: true });
  const made = await writeAgentArchives({ out: bundle.folder, cache: join(cache, "node"), wanted: [...wanted] });
  for (const { file, bytes, sha256 } of made.archives)
    show(`${(bytes / 2 ** 20).toFixed(1)} MiB`, file, sha256.slice(0, 16));
  recordSources(bundle, made.inputs);
}

function show(size: string, file: string, ...more: readonly string[]): void {
  process.stdout.write(`${[size.padStart(11), relative(process.cwd(), file), ...more].join("  ")}\n`);
}
