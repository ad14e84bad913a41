import { type Clock, sleepUntil } from "../../clock.ts";
import type { InvokeFunction } from "../../lambda-functions.ts";

export interface EventualInvocation {
  readonly invoke: InvokeFunction;
  readonly clock: Clock;
  readonly functionName: string;
  readonly payload: unknown;
}

/** Delays before the second and third attempt. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER_MS = [60_000, 120_000];

/** An asynchronous invocation: nobody sees its result, and one that fails is tried twice again. Never rejects. */
export async function invokeEventually({ invoke, clock, functionName, payload }: EventualInvocation): Promise<void> {
  for (const delayMs of [...RETRY_AFTER_MS, undefined]) {
    const failed = await invoke(functionName, payload).then(
      (result) => "functionError" in result,
      () => true,
    );
    if (!failed || delayMs === undefined) return;
    await sleepUntil(clock, clock.now() + delayMs);
  }
}
