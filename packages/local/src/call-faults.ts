import { type Clock, sleepUntil } from "./clock.ts";
import type { Fault } from "./fault.ts";

/** Calls that a fault hits; what is left out matches every call. */
export interface FaultyCalls {
  readonly service?: string;
  readonly operation?: string;
  readonly accessKeyId?: string;
  /** Whether this input is hit. */
  readonly when?: (input: unknown) => boolean;
  /** How many calls fail before the fault is over; by default all. */
  readonly times?: number;
}

/** What faults have in store for one call. */
export interface DisturbedCall {
  /** Until the call takes effect. */
  readonly delayed: Promise<void> | undefined;
  readonly fault: Fault | undefined;
}

export type ObservableCall = Readonly<Record<"service" | "operation" | "accessKeyId", string>> & {
  readonly input: unknown;
};

/** Errors and delays that tests order for calls of any service. */
export interface CallFaults {
  /** Returns how to end the fault. */
  fail(calls: FaultyCalls, fault: Fault): () => void;
  /** The calls take effect so much later; returns how to end that. */
  delay(calls: FaultyCalls, ms: number): () => void;
  /** The faults that hit this call, counted. */
  disturb(call: ObservableCall): DisturbedCall;
}

interface Order<T> {
  readonly calls: FaultyCalls;
  readonly effect: T;
  left: number;
}

export function createCallFaults(clock: Clock): CallFaults {
  const failures = new Set<Order<Fault>>();
  const delays = new Set<Order<number>>();
  return {
    fail: (calls, fault) => order(failures, calls, fault),
    delay: (calls, ms) => order(delays, calls, ms),
    disturb(call) {
      const fault = take(failures, call);
      const delayMs = take(delays, call);
      return {
        delayed: delayMs === undefined ? undefined : sleepUntil(clock, clock.now() + delayMs),
        fault,
      };
    },
  };
}

function order<T>(orders: Set<Order<T>>, calls: FaultyCalls, effect: T): () => void {
  const placed = { calls, effect, left: calls.times ?? Number.POSITIVE_INFINITY };
  orders.add(placed);
  return () => orders.delete(placed);
}

function take<T>(orders: ReadonlySet<Order<T>>, call: ObservableCall): T | undefined {
  const hit = [...orders].find(({ calls, left }) => left > 0 && matches(calls, call));
  if (hit === undefined) return undefined;
  hit.left--;
  return hit.effect;
}

function matches(calls: FaultyCalls, call: ObservableCall): boolean {
  return (
    (calls.service ?? call.service) === call.service &&
    (calls.operation ?? call.operation) === call.operation &&
    (calls.accessKeyId ?? call.accessKeyId) === call.accessKeyId &&
    (calls.when?.(call.input) ?? true)
  );
}
