import { checkFields, checkPipeline } from "./check-pipeline.ts";
import { activitiesOf, numberMaps } from "./flow.ts";
import type { Pipeline, PipelineDefinition } from "./pipeline.ts";

/**
 * Declares a release: versions' way through their activities, platforms, storage.
 * @throws InvalidPipelineError naming everything that cannot work
 */
export function definePipeline(definition: PipelineDefinition): Pipeline {
  checkFields(definition);
  const pipeline: Pipeline = {
    ...definition,
    flow: numberMaps(definition.flow),
    activities: activitiesOf(definition.flow),
  };
  checkPipeline(pipeline);
  return pipeline;
}
