import { InvalidConfigurationError, type Pipeline } from "@muster/pipeline";
import { App } from "cdktf";
import { findBuiltParts } from "./built-parts.ts";
import { type BundleFolders, functionsBundle } from "./bundle-folders.ts";
import { checkArchitecture } from "./compute/worker-image.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { createMusterStack, type MusterStackOptions } from "./muster-stack.ts";
import { checkNotified } from "./notifications/told-here.ts";
import { refuseUnfitScripts } from "./refuse-unfit-scripts.ts";
import { checkSizes } from "./size-limits.ts";
import type { Stage } from "./stage-settings.ts";

/** Where a stage's parts are found. */
export interface StagePlaces extends BundleFolders {
  /** Where `stages.ts` lies: pipelines' files are found from there. */
  readonly folder: string;
}

export interface SynthesisOptions extends StagePlaces {
  readonly stages: readonly Stage[];
  readonly outdir: string;
}

/**
 * Writes one Terraform stack for each stage, `<outdir>/stacks/<stage>/cdk.tf.json`.
 * @throws MusterError before anything is written, when a pipeline does not load, something is not built, or a stage is more than AWS takes
 */
export async function synthesise({ stages, outdir, ...places }: SynthesisOptions): Promise<void> {
  const loaded = await Promise.all(stages.map((stage) => loadStage(stage, places)));
  // Validation asks for what only a deployment needs, like an installed Terraform.
  const app = new App({ outdir, skipValidation: true });
  for (const options of loaded) checkSizes(options.stage.name, createMusterStack(app, options));
  app.synth();
}

/**
 * All that a stage's stack is made of: its pipeline, and what `bundle` built.
 * @throws MusterError when the pipeline does not load or needs what the stage has not, or something is not built
 */
export async function loadStage(stage: Stage, { folder, ...bundles }: StagePlaces): Promise<MusterStackOptions> {
  const { pipeline, folder: pipelineFolder } = await loadPipeline(stage.pipeline, folder);
  await refuseUnfitScripts(pipeline, pipelineFolder);
  checkZones(stage, pipeline);
  for (const activity of pipeline.activities) checkArchitecture(activity);
  checkNotified(stage, pipeline);
  const { folder: functions } = functionsBundle(stage.pipeline, bundles);
  return { stage, pipeline, pipelineFolder, parts: findBuiltParts(pipeline, { functions, agents: bundles.agents }) };
}

/** A launch would be refused for ever: better the deployment. */
function checkZones({ name, network }: Stage, { activities }: Pipeline): void {
  const zones = network.kind === "own" ? network.zones : network.subnets.map(({ zone }) => zone);
  for (const { name: activity, worker } of activities) {
    const wanted = worker.availabilityZones;
    if (wanted === undefined || wanted.some((zone) => zones.includes(zone))) continue;
    throw new InvalidConfigurationError(
      `${activity} needs the zone ${wanted.join(" or ")}; the stage ${name} has ${zones.join(", ")}`,
      { hint: "add it to the stage's network in stages.ts" },
    );
  }
}
