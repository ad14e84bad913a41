import { ConnectionError } from "../fault.ts";
import type { CallMishaps, MishapCall, TakeEffect } from "./call-mishaps.ts";
import type { Pause } from "./pause.ts";
import { currentSandbox, Frozen, outsideSandbox } from "./sandbox.ts";

/**
 * What lies between a machine and AWS: nothing in the way; no calls out; calls out and no answers in; or no machine any more that would
 * know of an answer.
 */
export type MachineNetwork = "whole" | "cut" | "deaf" | "gone";

export interface CallPathOptions {
  readonly mishaps: CallMishaps;
  /** Of the machine whose credentials these are; undefined for whoever is no machine. */
  readonly networkOf: (accessKeyId: string) => (() => MachineNetwork) | undefined;
  readonly pause: Pause;
  /** Access key ids of those to whose calls nothing happens. */
  readonly spares: readonly string[];
}

/** The way of a call from who makes it to its service and back. */
export type CallPath = (
  call: MishapCall & { readonly accessKeyId: string },
  takeEffect: TakeEffect,
  signal: AbortSignal,
) => Promise<unknown>;

/** After this time without a byte clients of workers take a connection for dead. */
const SILENCE_MS = 70_000;

/** Throws `Frozen` to who has come to a stand meanwhile: a function's sandbox that died, a machine that is gone. */
export function callPath({ mishaps, networkOf, pause, spares }: CallPathOptions): CallPath {
  const silence = async (): Promise<never> => {
    await pause(SILENCE_MS);
    throw new ConnectionError("ETIMEDOUT");
  };
  const overNetwork: CallPath = async (call, takeEffect, signal) => {
    const network = networkOf(call.accessKeyId);
    if (network === undefined) return mishaps.around(call, takeEffect, signal);
    if (network() === "gone") throw new Frozen();
    if (network() === "cut") return silence();
    // Nobody hangs up for a machine that is out of reach: its long poll is still held, and may be given a task.
    const heard = new AbortController();
    const hangUp = () => {
      if (network() === "whole") heard.abort(signal.reason);
    };
    signal.addEventListener("abort", hangUp, { once: true });
    const outcome = await settled(mishaps.around(call, takeEffect, heard.signal));
    signal.removeEventListener("abort", hangUp);
    if (network() === "gone") throw new Frozen();
    if (network() !== "whole") return silence();
    return outcome();
  };

  return async (call, takeEffect, signal) => {
    if (spares.includes(call.accessKeyId)) return takeEffect(signal);
    const sandbox = currentSandbox();
    if (sandbox === undefined) return overNetwork(call, takeEffect, signal);
    if (sandbox.dead) throw new Frozen();
    const outcome = await settled(outsideSandbox(() => overNetwork(call, takeEffect, signal)));
    sandbox.called();
    if (sandbox.dead) throw new Frozen();
    return outcome();
  };
}

/** How it ended, to be told later. */
const settled = <T>(work: Promise<T>): Promise<() => T> =>
  work.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
