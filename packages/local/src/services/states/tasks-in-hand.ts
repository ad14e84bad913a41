import type { Execution } from "./interpreter/execution.ts";
import { Phase } from "./interpreter/frame.ts";
import type { TaskTokens } from "./task-token.ts";

/** An activity's task that a worker has taken and that has not ended. */
export interface TaskInHand {
  readonly taskToken: string;
  /** What the worker called itself when it polled. */
  readonly workerName: string | undefined;
  readonly startedAt: Date;
}

export function tasksInHand(executions: Iterable<Execution>, tokens: TaskTokens): TaskInHand[] {
  return [...executions].flatMap(({ arn, frames, history }) =>
    [...frames.values()]
      .filter(({ phase, task }) => phase === Phase.Started && task?.resource.kind === "activity")
      .map(({ id, scheduledId, chain }) => {
        // The last event of its line is that a worker has started it.
        const { subject, timestampMs } = history.at(chain);
        return {
          taskToken: tokens.create({ executionArn: arn, frameId: id, scheduledId }),
          workerName: typeof subject === "string" ? subject : undefined,
          startedAt: new Date(timestampMs),
        };
      }),
  );
}
