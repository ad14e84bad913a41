import { AwsError } from "./aws-error.ts";

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

export interface Fault {
  readonly code: string;
  readonly message?: string;
  readonly status?: number;
  /** The call takes effect and its answer is lost: what a client cannot tell from a call that never arrived. */
  readonly afterwards?: boolean;
}

export interface FailedCall {
  readonly error: AwsError;
  readonly afterwards: boolean;
}

/** Errors that tests order for calls of any service. */
export interface CallFaults {
  /** Returns how to end the fault. */
  fail(calls: FaultyCalls, fault: Fault): () => void;
  /** The fault that hits this call, counted. */
  take(call: { service: string; operation: string; accessKeyId: string; input: unknown }): FailedCall | undefined;
}

export function createCallFaults(): CallFaults {
  const orders = new Set<{ calls: FaultyCalls; fault: Fault; left: number }>();
  return {
    fail(calls, fault) {
      const order = { calls, fault, left: calls.times ?? Number.POSITIVE_INFINITY };
      orders.add(order);
      return () => orders.delete(order);
    },
    take(call) {
      const order = [...orders].find(
        ({ calls, left }) =>
          left > 0 &&
          (calls.service ?? call.service) === call.service &&
          (calls.operation ?? call.operation) === call.operation &&
          (calls.accessKeyId ?? call.accessKeyId) === call.accessKeyId &&
          (calls.when?.(call.input) ?? true),
      );
      if (order === undefined) return undefined;
      order.left--;
      const { code, message = `${code}, as ordered`, status = 400, afterwards = false } = order.fault;
      return { error: new AwsError(code, message, { status }), afterwards };
    },
  };
}
