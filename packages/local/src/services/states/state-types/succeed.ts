import type { Execution } from "../interpreter/execution.ts";
import { exitState } from "../interpreter/finish-state.ts";
import type { Frame } from "../interpreter/frame.ts";
import { applyPath, scopeOf } from "../interpreter/scope.ts";
import type { SucceedState } from "../language/state.ts";

export function runSucceed(execution: Execution, frame: Frame, state: SucceedState): void {
  const input = applyPath(state.inputPath, scopeOf(execution, frame, frame.input));
  exitState(execution, frame, { output: applyPath(state.outputPath, scopeOf(execution, frame, input)) });
}
