import { AwsError } from "../../../aws-error.ts";
import type { Operation } from "../../../service.ts";
import { emit } from "../interpreter/emit.ts";
import { EventCode } from "../interpreter/event-codes.ts";
import type { Execution } from "../interpreter/execution.ts";
import { type Frame, Phase } from "../interpreter/frame.ts";
import { attempt } from "../interpreter/step.ts";
import type { Json } from "../language/json.ts";
import { DATA_LIMIT_BYTES } from "../language/json-size.ts";
import { parseJson } from "../language/json-text.ts";
import { settleTask } from "../state-types/task.ts";
import type { StatesContext } from "../states-context.ts";
import { shorterThan } from "./check-input.ts";

interface Task {
  readonly taskToken: string;
}

/** What the holder of a task's token may say about it. */
export function taskOperations(context: StatesContext): Record<string, Operation> {
  const { engine, executions } = context;

  /** Throws `InvalidToken`, `TaskDoesNotExist` or `TaskTimedOut`; the last also when the task was completed or aborted. */
  const find = ({ taskToken }: Task): { execution: Execution; frame: Frame } => {
    const content = engine.tokens.read(taskToken);
    if (content === undefined) throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
    const summary = executions.summary(content.executionArn);
    if (summary === undefined)
      throw new AwsError("TaskDoesNotExist", "Task Does Not Exist: 'Provided task does not exist'");
    const execution = summary.status === "RUNNING" ? executions.find(content.executionArn) : undefined;
    const frame = execution?.frames.get(content.frameId);
    const open = frame?.phase === Phase.Started && frame.scheduledId === content.scheduledId;
    if (execution === undefined || frame === undefined || !open) {
      throw new AwsError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
    }
    return { execution, frame };
  };

  return {
    SendTaskSuccess(input: Task & { readonly output: string }) {
      const text = shorterThan("output", input.output, { most: DATA_LIMIT_BYTES, unit: "bytes" });
      const { execution, frame } = find(input);
      const output = parseOutput(text);
      engine.run(() => attempt(execution, frame, () => settleTask(execution, frame, { kind: "succeeded", output })));
      return {};
    },

    SendTaskFailure(input: Task & { readonly error?: string; readonly cause?: string }) {
      const { error, cause } = input;
      if (error !== undefined) shorterThan("error", error, { most: 256, unit: "characters" });
      if (cause !== undefined) shorterThan("cause", cause, { most: 32_768, unit: "characters" });
      const { execution, frame } = find(input);
      engine.run(() =>
        attempt(execution, frame, () => settleTask(execution, frame, { kind: "failed", failure: { error, cause } })),
      );
      return {};
    },

    SendTaskHeartbeat(input: Task) {
      const { execution, frame } = find(input);
      engine.run(() => attempt(execution, frame, () => emit(execution, { frame, code: EventCode.Heartbeat })));
      return {};
    },
  };
}

function parseOutput(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new AwsError("InvalidOutput", `Invalid Output: '${error instanceof Error ? error.message : error}'`);
  }
}
