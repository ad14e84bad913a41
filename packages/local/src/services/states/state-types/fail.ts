import type { Execution } from "../interpreter/execution.ts";
import type { Frame } from "../interpreter/frame.ts";
import { scopeOf } from "../interpreter/scope.ts";
import { jsonText } from "../language/json-text.ts";
import type { FailState } from "../language/state.ts";
import { RuntimeError, StateError } from "../language/state-error.ts";

export function runFail(execution: Execution, frame: Frame, state: FailState): never {
  throw new StateError({
    error: textOf(execution, frame, { text: state.error, field: "ErrorPath" }),
    cause: textOf(execution, frame, { text: state.cause, field: "CausePath" }),
  });
}

function textOf(
  execution: Execution,
  frame: Frame,
  { text, field }: { text: FailState["error"]; field: string },
): string | undefined {
  if (typeof text !== "function") return text;
  const value = text(scopeOf(execution, frame, frame.input));
  if (typeof value !== "string")
    throw new RuntimeError(`The ${field} parameter does not reference a string: ${jsonText(value)}`);
  return value;
}
