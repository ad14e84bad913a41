import type { Execution } from "../interpreter/execution.ts";
import { assign, exitState, putResult } from "../interpreter/finish-state.ts";
import type { Frame } from "../interpreter/frame.ts";
import { effectiveInput, filterOutput, scopeOf } from "../interpreter/scope.ts";
import type { PassState } from "../language/state.ts";

export function runPass(execution: Execution, frame: Frame, state: PassState): void {
  const input = effectiveInput(execution, frame);
  const result = state.result ?? state.parameters?.(scopeOf(execution, frame, input)) ?? input;
  const combined = putResult(frame.input, state.resultPath, result);
  const output = filterOutput(execution, frame, combined);
  exitState(execution, frame, { output, assigned: assign(execution, frame, { assign: state.assign, input: result }) });
}
