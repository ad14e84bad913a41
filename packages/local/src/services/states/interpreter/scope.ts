import type { Json } from "../language/json.ts";
import type { Path } from "../language/json-path.ts";
import { NoSuchPathError, readPath, type Scope } from "../language/path.ts";
import { RuntimeError } from "../language/state-error.ts";
import type { Execution } from "./execution.ts";
import type { Frame } from "./frame.ts";

/** What the fields of the frame's state see, with `input` as their `$`. */
export function scopeOf(execution: Execution, frame: Frame, input: Json, extra?: ContextExtra): Scope {
  let random: (() => number) | undefined;
  return {
    input,
    context: () => contextObject(execution, frame, extra),
    random: () => {
      random ??= execution.surroundings.random(execution, execution.history.length + 1);
      return random();
    },
    variables: frame.variables,
  };
}

/** Parts of the context object that exist only in some fields. */
export interface ContextExtra {
  readonly taskToken?: string;
  readonly item?: { readonly index: number; readonly value: Json };
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
function contextObject(execution: Execution, frame: Frame, extra: ContextExtra | undefined): Json {
  const state = frame.state;
  const item = extra?.item ?? frame.item;
  const retries = frame.attempts?.reduce((total, count) => total + (count ?? 0), 0) ?? 0;
  return {
    Execution: {
      Id: execution.arn,
      Input: execution.input,
      Name: execution.name,
      RoleArn: execution.roleArn,
      StartTime: new Date(execution.startedAtMs).toISOString(),
      RedriveCount: execution.redriveCount,
      ...(execution.redrivenAtMs === undefined ? {} : { RedriveTime: new Date(execution.redrivenAtMs).toISOString() }),
    },
    StateMachine: { Id: execution.stateMachineArn, Name: execution.stateMachineName },
    State: {
      Name: state?.name ?? "",
      EnteredTime: new Date(frame.enteredAtMs).toISOString(),
      ...(state !== undefined && "retriers" in state ? { RetryCount: retries } : {}),
    },
    ...(item === undefined ? {} : { Map: { Item: { Index: item.index, Value: item.value } } }),
    ...(extra?.taskToken === undefined ? {} : { Task: { Token: extra.taskToken } }),
  };
}

/** What InputPath leaves of the state's input. */
export function effectiveInput(execution: Execution, frame: Frame): Json {
  const path = frame.state?.inputPath;
  return path === undefined ? frame.input : applyPath(path, scopeOf(execution, frame, frame.input));
}

/** What OutputPath leaves of a state's output. */
export function filterOutput(execution: Execution, frame: Frame, output: Json): Json {
  const path = frame.state?.outputPath;
  return path === undefined ? output : applyPath(path, scopeOf(execution, frame, output));
}

/** Null stands for an empty object. */
function applyPath(path: Path | null, scope: Scope): Json {
  return path === null ? {} : readExplained(path, scope);
}

/** Reads a path whose absence is a States.Runtime error, in AWS's words. */
export function readExplained(path: Path, scope: Scope): Json {
  try {
    return readPath(path, scope);
  } catch (error) {
    if (!(error instanceof NoSuchPathError)) throw error;
    const inBrackets = path.steps.map((step) => (step.kind === "member" ? `['${step.name}']` : "[*]")).join("");
    throw new RuntimeError(`Invalid path '${path.text}' : No results for path: $${inBrackets}`);
  }
}
