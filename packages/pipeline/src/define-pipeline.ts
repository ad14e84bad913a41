import { checkDefinition } from "./check-pipeline.ts";
import type { Pipeline, PipelineDefinition } from "./pipeline.ts";
import { pipelineOf } from "./pipeline-of.ts";

/**
 * Declares a release: versions' way through their activities, platforms, storage.
 * @throws InvalidPipelineError naming everything that cannot work
 */
export function definePipeline(definition: PipelineDefinition): Pipeline {
  checkDefinition(definition);
  return pipelineOf(definition);
}
