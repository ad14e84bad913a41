import { InvalidPipelineError, type Pipeline } from "@muster/pipeline";
import type { StateMachineDefinition } from "./amazon-states-language.ts";
import { prepend } from "./fragment.ts";
import type { Resources } from "./resources.ts";
import { parseInput } from "./states/parse-input.ts";
import { root } from "./states/root.ts";

/** Bytes. @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LONGEST_DEFINITION = 1024 * 1024;

/**
 * A pipeline as Amazon States Language: a plain object that is JSON.
 * @throws InvalidPipelineError when the definition is longer than AWS takes
 */
export function renderStateMachine(pipeline: Pipeline, resources: Resources): StateMachineDefinition {
  const build = root(pipeline, resources);
  const { startAt, states } = prepend(parseInput(resources, build.startAt), build);
  const definition = { Comment: pipeline.summary, StartAt: startAt, States: states };
  const bytes = new TextEncoder().encode(JSON.stringify(definition)).length;
  if (bytes > LONGEST_DEFINITION) {
    throw new InvalidPipelineError(pipeline.name, [
      `its state machine has ${bytes} bytes and AWS takes ${LONGEST_DEFINITION}: give it fewer activities`,
    ]);
  }
  return definition;
}
