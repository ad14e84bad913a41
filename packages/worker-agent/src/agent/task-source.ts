import type { SFNClient } from "@aws-sdk/client-sfn";
import { ErrorName, TaskInput, workerPollName } from "@muster/pipeline";
import { type Clock, sleep } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { report } from "../report/report.ts";
import type { ClaimedTask } from "../task/claimed-task.ts";
import { isPretended } from "../task/execute-task.ts";
import { createPoller } from "./poll.ts";

export interface TaskSourceOptions {
  readonly sfn: SFNClient;
  readonly activityArn: string;
  readonly instanceId: string;
  /** A test worker: it runs the dummy script only, and gives real tasks back. */
  readonly testOnly: boolean;
  /**
   * A worker that must stop need not wait for its poll's end: true of the local stage, which sees a caller go away and knows whose tasks are
   * left. AWS may hand out a task until a poll's end, so that one given up early may lose a task for as long as its heartbeat takes.
   */
  readonly mayAbandonPolls: boolean;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly stop: AbortSignal;
}

/** What one poll came to. */
export interface Polled {
  /** undefined when there is no task for this worker. */
  readonly claimed: ClaimedTask | undefined;
  /** Whether Step Functions has said whether there is work. */
  readonly answered: boolean;
}

export type TaskSource = () => Promise<Polled>;

/** AWS holds a long poll for about a minute, and may hand out a task until its end. */
const LAST_POLL_MS = 65_000;
const AFTER_REQUEUE_MS = 10_000;

/**
 * Polls to the end: a poll that is given up may just have been answered, and its task would wait for its first heartbeat in vain. A task that
 * arrives when the worker must stop goes back to the queue.
 */
export function createTaskSource(options: TaskSourceOptions): TaskSource {
  const { instanceId, testOnly, mayAbandonPolls, clock, stop } = options;
  let answered = false;
  const poll = createPoller({
    ...options,
    workerName: workerPollName(instanceId),
    onAnswer() {
      answered = true;
    },
  });
  return async () => {
    answered = false;
    const abandon = new AbortController();
    const giveUp = () => abandon.abort();
    if (mayAbandonPolls) stop.addEventListener("abort", giveUp, { once: true });
    const claimed = await poll(abandon.signal).finally(() => stop.removeEventListener("abort", giveUp));
    if (claimed === undefined) return { claimed, answered };
    const isOthers = testOnly && !isPretendedInput(claimed.input);
    if (!stop.aborted && !isOthers) return { claimed, answered };
    await requeue(options, claimed);
    // A test worker leaves a real task time to reach a real worker.
    if (isOthers) await sleep(clock, AFTER_REQUEUE_MS, stop);
    return { claimed: undefined, answered };
  };
}

function isPretendedInput(input: string): boolean {
  try {
    return isPretended(TaskInput.parse(JSON.parse(input)));
  } catch {
    return false;
  }
}

async function requeue(options: TaskSourceOptions, { token }: ClaimedTask): Promise<void> {
  const { sfn, instanceId, clock, diagnostics } = options;
  const cause = { ec2: instanceId, time_sec: "0" };
  const untilMs = clock.now() + LAST_POLL_MS;
  const answer = await report(
    { kind: "failure", error: ErrorName.requeued, cause },
    { sfn, token, clock, diagnostics, untilMs },
  );
  diagnostics.info("task given back", { answer });
}
