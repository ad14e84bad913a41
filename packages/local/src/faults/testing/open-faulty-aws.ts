import { onTestFinished } from "vitest";
import { virtualClock } from "../../clock.ts";
import { createLocalAws, type LocalAwsOptions } from "../../local-aws.ts";
import { runUntil } from "../../run-until.ts";
import type { FaultRates, InjectedFault } from "../fault-plan.ts";

/** An AWS in virtual time on which exactly these faults happen: all that are drawn, or those of `only`. */
export function openFaultyAws(
  rates: FaultRates,
  { only, functionSeconds, ...options }: LocalAwsOptions & { only?: string[]; functionSeconds?: number } = {},
) {
  const clock = virtualClock();
  const faults: InjectedFault[] = [];
  const aws = createLocalAws({
    clock,
    seed: "faulty",
    faults: {
      seed: 1,
      rates,
      ...(only && { only }),
      ...(functionSeconds && { functionSeconds: () => functionSeconds }),
    },
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  aws.start();
  onTestFinished(() => aws.close());
  const startMs = clock.now();
  return {
    aws,
    clock,
    faults,
    /** For clients that try once. */
    config: { ...aws.clientConfig(), maxAttempts: 1 },
    /** Seconds of virtual time since it was opened. */
    elapsed: () => (clock.now() - startMs) / 1000,
    /** Lets time pass until it is settled. */
    until: <T>(goal: PromiseLike<T> | (() => boolean | Promise<boolean>)) => runUntil(aws, clock, goal),
    /** Lets time pass, and all happen that it brings. */
    async pass(seconds: number) {
      const goalMs = clock.now() + seconds * 1000;
      const reached = new Promise<void>((resolve) => void clock.at(goalMs, resolve));
      await runUntil(aws, clock, reached);
      await aws.idle();
    },
  };
}

/** How a call ends: its output, or the name and the HTTP status of its error. */
export const outcomeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "answered",
    (error) => error.code ?? `${error.name} ${error.$metadata?.httpStatusCode ?? error.$response?.statusCode}`,
  );
