import { AwsError } from "../../aws-error.ts";
import { type Clock, sleepUntil } from "../../clock.ts";
import type { FaultSource } from "../../faults/fault-source.ts";
import type { InvokeFunction } from "../../lambda-functions.ts";
import { parseFunctionName } from "./invoker.ts";

export interface EventualInvocation {
  readonly invoke: InvokeFunction;
  readonly clock: Clock;
  readonly functionName: string;
  readonly payload: unknown;
  readonly source?: FaultSource | undefined;
}

/** Delays before the second and third attempt. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER_MS = [60_000, 120_000];

/** Where Lambda itself fails or has no room, it tries again after a second, up to five minutes, for six hours. */
const QUEUE_MS = { first: 1000, longest: 300_000, all: 21_600_000 };

/** Its queue hands an event out again within this time, where it does. */
const AGAIN_MS = [1000, 300_000] as const;

/** An asynchronous invocation: nobody sees its result, and one that fails is tried twice again. Never rejects. */
export async function invokeEventually(invocation: EventualInvocation): Promise<void> {
  const { clock, functionName, source } = invocation;
  const name = parseFunctionName(functionName).functionName;
  const twice = source?.ask("function.twice", { of: name });
  if (twice === undefined) return untilItRuns(invocation);
  const againMs = Math.round(twice.across(...AGAIN_MS));
  twice.happens(`${name}: handed out again after ${Math.round(againMs / 1000)} s`);
  const again = sleepUntil(clock, clock.now() + againMs).then(() => untilItRuns(invocation));
  await Promise.all([untilItRuns(invocation), again]);
}

async function untilItRuns({ invoke, clock, functionName, payload }: EventualInvocation): Promise<void> {
  const untilMs = clock.now() + QUEUE_MS.all;
  let queuedMs = QUEUE_MS.first;
  const delays = [...RETRY_AFTER_MS];
  for (;;) {
    const outcome = await invoke(functionName, payload).then(
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
