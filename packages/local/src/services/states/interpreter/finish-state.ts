import type { Evaluate } from "../language/intrinsic.ts";
import { isObject, type Json } from "../language/json.ts";
import { DATA_LIMIT_BYTES, jsonSize } from "../language/json-size.ts";
import { insertAt, type ReferencePath } from "../language/reference-path.ts";
import { StateError } from "../language/state-error.ts";
import { emit } from "./emit.ts";
import { STATE_CODES } from "./event-codes.ts";
import type { Execution, RecordExtra } from "./execution.ts";
import type { Frame } from "./frame.ts";
import { filterOutput, scopeOf } from "./scope.ts";

/** Leaves the frame's state with its output, for `next` if given and for the state's own Next otherwise. */
export function exitState(
  execution: Execution,
  frame: Frame,
  exit: { output: Json; next?: string | undefined; assigned?: RecordExtra["assigned"] },
): void {
  const { output, next, assigned } = exit;
  checkSize(frame.state?.name ?? "", output);
  const code = STATE_CODES[frame.state?.type ?? ""]?.exited;
  if (code === undefined) throw new TypeError(`a ${frame.state?.type} state has no exit`);
  const extra =
    next === undefined && assigned === undefined
      ? undefined
      : {
          ...(next === undefined ? {} : { state: next }),
          ...(assigned === undefined ? {} : { assigned }),
        };
  emit(execution, { frame, code, value: output, extra });
  execution.surroundings.ready(execution, frame);
}

/** Applies ResultSelector, ResultPath and OutputPath to a state's result and leaves the state. */
export function exitWithResult(execution: Execution, frame: Frame, result: Json): void {
  const state = frame.state;
  if (state === undefined || !("resultPath" in state)) throw new TypeError("the state has no result");
  const selector = "resultSelector" in state ? state.resultSelector : undefined;
  const selected = selector === undefined ? result : selector(scopeOf(execution, frame, result));
  const combined = putResult(frame.input, state.resultPath, selected);
  const output = filterOutput(execution, frame, combined);
  exitState(execution, frame, { output, assigned: assign(execution, frame, { assign: state.assign, input: result }) });
}

/** Where ResultPath puts a result: in place of the input, nowhere, or into it. */
export function putResult(input: Json, path: ReferencePath | null | undefined, result: Json): Json {
  if (path === undefined) return result;
  return path === null ? input : insertAt(input, path, result);
}

/** The variables that an Assign field sets. */
export function assign(
  execution: Execution,
  frame: Frame,
  { assign: evaluate, input }: { assign: Evaluate | undefined; input: Json },
): RecordExtra["assigned"] {
  if (evaluate === undefined) return undefined;
  const assigned = evaluate(scopeOf(execution, frame, input));
  return isObject(assigned) ? assigned : undefined;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export function checkSize(what: string, value: Json): void {
  if (jsonSize(value) > DATA_LIMIT_BYTES) throw new StateError({ ...dataLimitExceeded(what), fatal: true });
}

export function dataLimitExceeded(what: string): { error: string; cause: string } {
  return {
    error: "States.DataLimitExceeded",
    cause: `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  };
}
