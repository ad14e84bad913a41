import type { Frame } from "./interpreter/frame.ts";
import type { StatesContext } from "./states-context.ts";

export interface SubjectInput {
  readonly activityArn?: string;
  readonly taskToken?: string;
  readonly stateMachineArn?: string;
  readonly name?: string;
}

type Known = Pick<StatesContext, "engine" | "executions">;

/** The activity that a call is about, and whose turn in its Maps where a token tells; or the state machine, or what is created. */
export function subjectOf(context: Known, input: SubjectInput): string | undefined {
  const { activityArn, taskToken, stateMachineArn, name } = input;
  if (taskToken !== undefined) return taskOf(context, taskToken);
  const arn = activityArn ?? stateMachineArn;
  return arn === undefined ? name : nameIn(arn);
}

function taskOf({ engine, executions }: Known, taskToken: string): string | undefined {
  const content = engine.tokens.read(taskToken);
  const frame = content && executions.find(content.executionArn)?.frames.get(content.frameId);
  if (frame?.task?.resource.kind !== "activity") return undefined;
  return [nameIn(frame.task.resource.arn), ...turnsOf(frame)].join(" ");
}

/** The indices of its branches and iterations, from the outermost one. */
const turnsOf = ({ parent, index }: Frame): number[] => (parent === undefined ? [] : [...turnsOf(parent), index]);

const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);
