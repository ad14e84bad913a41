import type { Clock } from "../clock.ts";

/** Why a script is ended before it ends by itself. */
export type EndReason =
  | { readonly kind: "timed-out" }
  | { readonly kind: "log-idle"; readonly seconds: number }
  | { readonly kind: "interrupted"; readonly why: string }
  | { readonly kind: "lease-lost" }
  /** The task is over for Step Functions: there is nobody to report to. */
  | { readonly kind: "cancelled"; readonly why: string };

/** Ends a script, once; the first reason counts. */
export interface TaskEnding {
  readonly signal: AbortSignal;
  readonly reason: EndReason | undefined;
  end(reason: EndReason): void;
  /** Ends it at a time. */
  endAt(atMs: number, reason: EndReason): void;
  /** Ends it when a signal is aborted. */
  endOn(signal: AbortSignal, reason: () => EndReason): void;
  /**
   * Ends it when `seconds` have passed without a call of `touch`.
   * `heldBack`: what the script prints cannot be read for now, so that it counts as printing until the next call.
   */
  endWhenSilent(seconds: number): { touch(heldBack?: boolean): void };
  /** Cancels what is set. */
  close(): void;
}

export function taskEnding(clock: Clock): TaskEnding {
  const controller = new AbortController();
  const cancels: (() => void)[] = [];
  let reason: EndReason | undefined;
  const end = (why: EndReason) => {
    if (reason !== undefined) return;
    reason = why;
    controller.abort();
  };
  return {
    signal: controller.signal,
    get reason() {
      return reason;
    },
    end,
    endAt(atMs, why) {
      cancels.push(clock.at(atMs, () => end(why)));
    },
    endOn(stop, why) {
      const onAbort = () => end(why());
      if (stop.aborted) return onAbort();
      stop.addEventListener("abort", onAbort, { once: true });
      cancels.push(() => stop.removeEventListener("abort", onAbort));
    },
    endWhenSilent(seconds) {
      const silentMs = seconds * 1000;
      let heardMs = clock.now();
      let isHeldBack = false;
      let cancel = () => {};
      // Output may come a million times a second: it only notes the time, and the timer moves itself on.
      const arm = () => {
        cancel = clock.at((isHeldBack ? clock.now() : heardMs) + silentMs, () => {
          if (!isHeldBack && clock.now() >= heardMs + silentMs) end({ kind: "log-idle", seconds });
          else arm();
        });
      };
      arm();
      cancels.push(() => cancel());
      return {
        touch: (heldBack = false) => {
          isHeldBack = heldBack;
          heardMs = clock.now();
        },
      };
    },
    close: () => {
      for (const cancel of cancels) cancel();
    },
  };
}
