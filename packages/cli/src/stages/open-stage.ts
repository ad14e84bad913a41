import type { LoadedPipeline } from "../load-pipeline.ts";
import { UsageError } from "../usage-error.ts";
import type { Stage, StageNeeds } from "./stage.ts";
import type { StageOptions } from "./stage-options.ts";

/** The one place that tells this machine from AWS; the code of the other is not loaded. */
export async function openStage(needs: StageNeeds, options: StageOptions): Promise<Stage> {
  const name = stageName(options);
  if (name === "local") return (await import("./local.ts")).openLocalStage(needs, options);
  if (needs.to === "serve") {
    throw new UsageError(`a task is run on this machine, and not with the objects of the stage ${name}`, {
      hint: "leave --stage out",
    });
  }
  return (await import("./aws.ts")).openAwsStage(name, options);
}

/** The definition of what a stage builds, without opening it. */
export async function loadStagePipeline(options: StageOptions): Promise<LoadedPipeline> {
  const name = stageName(options);
  if (name === "local") return options.loadPipeline(options.pipeline);
  return (await import("./aws.ts")).loadDeployed(name, options);
}

const stageName = ({ globals, env }: StageOptions): string => globals.stage ?? env.stage ?? "local";
