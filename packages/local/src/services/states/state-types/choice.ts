import type { Execution } from "../interpreter/execution.ts";
import { assign, exitState } from "../interpreter/finish-state.ts";
import type { Frame } from "../interpreter/frame.ts";
import { effectiveInput, filterOutput, scopeOf } from "../interpreter/scope.ts";
import type { ChoiceState } from "../language/state.ts";
import { RuntimeError } from "../language/state-error.ts";

export function runChoice(execution: Execution, frame: Frame, state: ChoiceState): void {
  const input = effectiveInput(execution, frame);
  const scope = scopeOf(execution, frame, input);
  const rule = state.rules.find(({ holds }) => holds(scope));
  const next = rule?.next ?? state.otherwise;
  if (next === undefined) {
    // The language's specification has States.NoChoiceMatched for this; AWS itself fails the execution.
    throw new RuntimeError("Failed to transition out of the state. The state does not point to a next state.");
  }
  exitState(execution, frame, {
    output: filterOutput(execution, frame, input),
    next,
    assigned: assign(execution, frame, { assign: rule === undefined ? state.assign : rule.assign, input }),
  });
}
