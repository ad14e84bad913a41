import { type VirtualClock, virtualClock } from "../../clock.ts";
import type { OperationContext } from "../../service.ts";
import { createStates, type States, type StatesOptions } from "./states.ts";

/** Step Functions called without SDK or endpoint: for tests that open it hundreds of times. */
export interface DirectClient extends AsyncDisposable {
  readonly states: States;
  readonly clock: VirtualClock;
  call<T extends object = Readonly<Record<string, string | undefined>>>(
    operation: string,
    input: object,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Lets time pass, in steps at whose ends everything has happened that could. */
  pass(seconds: number): Promise<void>;
}

const STEP_MS = 10_000;

export function directClient(
  options: Omit<StatesOptions, "clock" | "region" | "accountId"> & { clock?: VirtualClock },
): DirectClient {
  const { clock = virtualClock() } = options;
  const states = createStates({ region: "us-east-1", accountId: "111111111111", ...options, clock });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    states,
    clock,
    async call(operation, input, signal = new AbortController().signal) {
      const run = states.service.operations[operation];
      if (run === undefined) throw new RangeError(`there is no operation ${operation}`);
      const context: OperationContext = { requestId: "", signal, accessKeyId: "", endpoint: "" };
      return (await run(input as never, context)) as never;
    },
    async pass(seconds) {
      await settle();
      for (const untilMs = clock.now() + seconds * 1000; clock.now() < untilMs; await settle()) {
        clock.advance(Math.min(STEP_MS, untilMs - clock.now()));
      }
    },
    [Symbol.asyncDispose]: () => states.close(),
  };
}
