import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import type { FaultSource, Mishap } from "../../faults/fault-source.ts";
import type { Pause } from "../../faults/pause.ts";
import { createSandbox, runInSandbox } from "../../faults/sandbox.ts";
import { SERVICE_FAILURES } from "../../faults/service-failures.ts";
import type { InvocationResult } from "../../lambda-functions.ts";

/** What may happen to a run of a function. */
export interface FunctionMishaps {
  /** Runs it, if nothing happens. Rejects with AwsError where Lambda itself fails; a sandbox that dies is a function error. */
  around(
    run: { readonly functionName: string; readonly requestId: string },
    work: () => Promise<InvocationResult>,
  ): Promise<InvocationResult>;
}

export interface FunctionMishapOptions {
  readonly source: FaultSource;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly functionSeconds?: ((functionName: string) => number) | undefined;
}

/** Functions of Step Functions' and EventBridge's make a handful of calls; they are stopped after any of them. */
const MOST_CALLS = 16;

/** What functions are given to run. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
const SECONDS = [30, 900] as const;
const timeoutMessage = (seconds: number): string => `Task timed out after ${seconds.toFixed(2)} seconds`;

const SHORTEST_OUTAGE_MS = 1_800_000;

export function functionMishaps(options: FunctionMishapOptions): FunctionMishaps {
  const { source, clock, pause, functionSeconds } = options;
  return {
    async around({ functionName, requestId }, work) {
      const occasion = source.number("function", { of: functionName });
      const refuse = (mishap: Mishap, { code, message, status }: Refusal): never => {
        mishap.happens(`${functionName}: ${code}`);
        throw new AwsError(code, message ?? code, { status: status ?? 400 });
      };
      const crash = (errorType: string, message: string): InvocationResult => ({
        functionError: { errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` },
      });

      const throttled = source.ask("function.throttled", occasion);
      if (throttled !== undefined) return refuse(throttled, SERVICE_FAILURES.lambda.throttled);
      const failed = source.ask("function.failed", occasion);
      if (failed !== undefined) return refuse(failed, SERVICE_FAILURES.lambda.failed);
      const down = source.spell("function.down", { of: functionName }, SHORTEST_OUTAGE_MS);
      if (down !== undefined) {
        down.happens(`${functionName}: crashes as it starts, this time and more`);
        return crash("Runtime.ExitError", "Runtime exited with error: exit status 1");
      }
      const killed = source.ask("function.killed", occasion);
      if (killed !== undefined) {
        const calls = await dieAfter(killed, work);
        killed.happens(`${functionName}: killed ${calls}`);
        return crash("Runtime.ExitError", "Runtime exited with error: signal: killed");
      }
      const timedOut = source.ask("function.timed-out", occasion);
      if (timedOut !== undefined) {
        const seconds = functionSeconds?.(functionName) ?? Math.ceil(timedOut.across(...SECONDS));
        const endMs = clock.now() + seconds * 1000;
        const calls = await dieAfter(timedOut, work);
        timedOut.happens(`${functionName}: stands still ${calls}, until its ${seconds} s are over`);
        await pause(endMs - clock.now());
        return crash("Sandbox.Timedout", timeoutMessage(seconds));
      }
      const seconds = functionSeconds?.(functionName);
      if (seconds === undefined) return work();
      return (await withinTime(clock, seconds, work)) ?? crash("Sandbox.Timedout", timeoutMessage(seconds));
    },
  };
}

interface Refusal {
  readonly code: string;
  readonly message?: string;
  readonly status?: number;
}

/** Its result, or undefined when it is stopped before it has one. */
async function withinTime(
  clock: Clock,
  seconds: number,
  work: () => Promise<InvocationResult>,
): Promise<InvocationResult | undefined> {
  const sandbox = createSandbox(Number.POSITIVE_INFINITY);
  const cancel = clock.at(clock.now() + seconds * 1000, () => sandbox.die());
  const result = await Promise.race([runInSandbox(sandbox, work), sandbox.died.then(() => undefined)]);
  cancel();
  return result;
}

/** Runs it up to one of its calls, or to its end if it makes fewer; says which. */
async function dieAfter(mishap: Mishap, work: () => Promise<InvocationResult>): Promise<string> {
  const calls = Math.floor(mishap.across(1, MOST_CALLS));
  const sandbox = createSandbox(calls);
  const came = await Promise.race([
    runInSandbox(sandbox, work).then(() => "after its work, before its answer"),
    sandbox.died.then(() => `after call ${calls}`),
  ]);
  sandbox.die();
  return came;
}
