import { AwsError } from "../../aws-error.ts";
import { type Clock, sleepUntil } from "../../clock.ts";
import type { FaultSource } from "../../faults/fault-source.ts";
import type { InvokeFunction } from "../../lambda-functions.ts";
import type { Movement } from "../../movement.ts";
import { parseFunctionName } from "./invoker.ts";

/** Takes an asynchronous invocation into Lambda's queue: nobody waits for it, or sees its result. */
export type InvokeEventually = (functionNameOrArn: string, payload: unknown) => void;

export interface QueueOptions {
  readonly invoke: InvokeFunction;
  readonly clock: Clock;
  readonly movement: Movement;
  readonly source?: FaultSource | undefined;
}

/** Delays before the second and third attempt. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER_MS = [60_000, 120_000];

/** Where Lambda itself fails or has no room, it tries again after a second, up to five minutes, for six hours. */
const QUEUE_MS = { first: 1000, longest: 300_000, all: 21_600_000 };

/** Its queue hands an event out again within this time, where it does. */
const AGAIN_MS = [1000, 300_000] as const;

/** Lambda's queue: an invocation whose function fails is tried twice again, one that Lambda itself fails for six hours. */
export function lambdaQueue({ invoke, clock, movement, source }: QueueOptions): InvokeEventually {
  return (functionNameOrArn, payload) => {
    const run = () => movement.detach(() => untilItRuns({ invoke, clock, functionNameOrArn, payload }));
    void run();
    const { functionName } = parseFunctionName(functionNameOrArn);
    const twice = source?.ask("function.twice", { of: functionName });
    if (twice === undefined) return;
    const againMs = Math.round(twice.across(...AGAIN_MS));
    twice.happens(`${functionName}: handed out again after ${Math.round(againMs / 1000)} s`);
    clock.at(clock.now() + againMs, () => void run());
  };
}

interface EventualInvocation extends Pick<QueueOptions, "invoke" | "clock"> {
  readonly functionNameOrArn: string;
  readonly payload: unknown;
}

/** Never rejects. */
async function untilItRuns({ invoke, clock, functionNameOrArn, payload }: EventualInvocation): Promise<void> {
  const untilMs = clock.now() + QUEUE_MS.all;
  let queuedMs = QUEUE_MS.first;
  const delays = [...RETRY_AFTER_MS];
  for (;;) {
    const outcome = await invoke(functionNameOrArn, payload).then(
      (result) => ("functionError" in result ? "failed" : "ran"),
      (error: unknown) => (isLambdasOwn(error) ? "queued" : "failed"),
    );
    if (outcome === "ran") return;
    const delayMs = outcome === "queued" ? queuedMs : delays.shift();
    if (delayMs === undefined || (outcome === "queued" && clock.now() + delayMs > untilMs)) return;
    if (outcome === "queued") queuedMs = Math.min(queuedMs * 2, QUEUE_MS.longest);
    await sleepUntil(clock, clock.now() + delayMs);
  }
}

const isLambdasOwn = (error: unknown): boolean =>
  error instanceof AwsError && (error.status === 429 || error.status >= 500);
