import { join } from "node:path";
import { InvalidConfigurationError, type Pipeline } from "@muster/pipeline";
import { App } from "cdktf";
import { findBuiltParts } from "./built-parts.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { createMusterStack } from "./muster-stack.ts";
import { refuseUnfitScripts } from "./refuse-unfit-scripts.ts";
import { checkSizes } from "./size-limits.ts";
import type { Stage } from "./stage-settings.ts";

export interface SynthesisOptions {
  readonly stages: readonly Stage[];
  readonly outdir: string;
  /** The folder of pipelines. */
  readonly pipelines: string;
  /** Bundled functions, in a folder for each pipeline. */
  readonly functions: string;
  /** The agent's archives. */
  readonly agents: string;
}

/**
 * Writes one Terraform stack for each stage, `<outdir>/stacks/<stage>/cdk.tf.json`.
 * @throws MusterError before anything is written, when a pipeline does not load, something is not built, or a stage is more than AWS takes
 */
export async function synthesise({ stages, outdir, pipelines, functions, agents }: SynthesisOptions): Promise<void> {
  const loaded = await Promise.all(
    stages.map(async (stage) => {
      const { pipeline, folder } = await loadPipeline(stage.pipeline, pipelines);
      await refuseUnfitScripts(pipeline, folder);
      checkZones(stage, pipeline);
      const parts = findBuiltParts(pipeline, { functions: join(functions, stage.pipeline), agents });
      return { stage, pipeline, pipelineFolder: folder, parts };
    }),
  );
  // Validation asks for what only a deployment needs, like an installed Terraform.
  const app = new App({ outdir, skipValidation: true });
  for (const options of loaded) checkSizes(options.stage.name, createMusterStack(app, options));
  app.synth();
}

/** A launch would be refused for ever: better the deployment. */
function checkZones({ name, network }: Stage, { activities }: Pipeline): void {
  const zones = network.kind === "own" ? network.zones : network.subnets.map(({ zone }) => zone);
  for (const { name: activity, worker } of activities) {
    const wanted = worker.availabilityZones;
    if (wanted === undefined || wanted.some((zone) => zones.includes(zone))) continue;
    throw new InvalidConfigurationError(
      `${activity} needs the zone ${wanted.join(" or ")}; the stage ${name} has ${zones.join(", ")}`,
      { hint: "add it to the stage's network in infra/stages.ts" },
    );
  }
}
