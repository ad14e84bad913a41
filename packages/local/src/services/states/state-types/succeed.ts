import type { Execution } from "../interpreter/execution.ts";
import { exitState } from "../interpreter/finish-state.ts";
import type { Frame } from "../interpreter/frame.ts";
import { effectiveInput, filterOutput } from "../interpreter/scope.ts";

export function runSucceed(execution: Execution, frame: Frame): void {
  const input = effectiveInput(execution, frame);
  exitState(execution, frame, { output: filterOutput(execution, frame, input) });
}
