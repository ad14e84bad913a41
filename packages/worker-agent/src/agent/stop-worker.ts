import { fstatSync } from "node:fs";
import type { StopReason } from "../worker-stop.ts";

/** Ends a worker, once; the first reason counts. */
export interface StopSwitch {
  readonly signal: AbortSignal;
  stop(reason: StopReason): void;
}

export function stopSwitch(): StopSwitch {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    stop(reason) {
      if (!controller.signal.aborted) controller.abort(reason);
    },
  };
}

/** SIGTERM and SIGINT stop the worker. */
export function stopOnSignals({ stop }: StopSwitch): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => stop({ why: `the worker got ${signal}` }));
  }
}

/**
 * Stops the worker when the process at the other end of its standard input ends: it owns the endpoint, and nobody could take a report.
 * Anything but a pipe there is nobody's end.
 */
export function watchOwner({ stop }: StopSwitch): void {
  const input = fstatSync(0);
  if (!input.isFIFO() && !input.isSocket()) return;
  const gone = () => stop({ why: "the process that owns this worker has ended" });
  process.stdin.on("end", gone).on("close", gone).on("error", gone).resume();
  process.stdin.unref();
}
