import { checkedDefinition, checkedStep } from "./definition-answers.ts";
import { activitiesOf, numberMaps } from "./flow.ts";
import type { Pipeline, PipelineDefinition } from "./pipeline.ts";

/** A definition with what follows from its flow, whose functions are held to what they may answer. */
export function pipelineOf(definition: PipelineDefinition): Pipeline {
  const flow = numberMaps(definition.flow, checkedStep);
  return { ...checkedDefinition(definition), flow, activities: activitiesOf(flow) };
}
