import type { Execution } from "../interpreter/execution.ts";
import { assign, exitState } from "../interpreter/finish-state.ts";
import type { Frame } from "../interpreter/frame.ts";
import { effectiveInput, filterOutput, scopeOf } from "../interpreter/scope.ts";
import type { ChoiceState } from "../language/state.ts";
import { StateError } from "../language/state-error.ts";

export function runChoice(execution: Execution, frame: Frame, state: ChoiceState): void {
  const input = effectiveInput(execution, frame);
  const scope = scopeOf(execution, frame, input);
  const rule = state.rules.find(({ holds }) => holds(scope));
  const next = rule?.next ?? state.otherwise;
  if (next === undefined) {
    throw new StateError({
      error: "States.NoChoiceMatched",
      cause: `No rule of the state '${state.name}' matched and it has no Default`,
    });
  }
  exitState(execution, frame, {
    output: filterOutput(execution, frame, input),
    next,
    assigned: assign(execution, frame, { assign: rule === undefined ? state.assign : rule.assign, input }),
  });
}
