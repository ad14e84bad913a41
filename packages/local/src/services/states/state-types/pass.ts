import type { Execution } from "../interpreter/execution.ts";
import { assign, exitState, putResult } from "../interpreter/finish-state.ts";
import type { Frame } from "../interpreter/frame.ts";
import { effectiveInput, filterOutput, scopeOf } from "../interpreter/scope.ts";
import type { Json } from "../language/json.ts";
import type { PassState } from "../language/state.ts";

export function runPass(execution: Execution, frame: Frame, state: PassState): void {
  const input = effectiveInput(execution, frame);
  const result = state.result === undefined ? parametersOf(execution, frame, { state, input }) : state.result;
  const combined = putResult(frame.input, state.resultPath, result);
  const output = filterOutput(execution, frame, combined);
  exitState(execution, frame, { output, assigned: assign(execution, frame, { assign: state.assign, input: result }) });
}

function parametersOf(execution: Execution, frame: Frame, { state, input }: { state: PassState; input: Json }): Json {
  return state.parameters === undefined ? input : state.parameters(scopeOf(execution, frame, input));
}
