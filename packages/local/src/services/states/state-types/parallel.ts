import { emit } from "../interpreter/emit.ts";
import { EventCode } from "../interpreter/event-codes.ts";
import type { Execution } from "../interpreter/execution.ts";
import type { Frame } from "../interpreter/frame.ts";
import { effectiveInput, scopeOf } from "../interpreter/scope.ts";
import type { ParallelState } from "../language/state.ts";

export function runParallel(execution: Execution, frame: Frame, state: ParallelState): void {
  const input = effectiveInput(execution, frame);
  const value = state.parameters === undefined ? input : state.parameters(scopeOf(execution, frame, input));
  emit(execution, { frame, code: EventCode.ParallelStateStarted, value });
  for (const child of frame.fork?.children.values() ?? []) execution.surroundings.ready(execution, child);
}
