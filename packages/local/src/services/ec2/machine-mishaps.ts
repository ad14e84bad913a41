import type { Cancel, Clock } from "../../clock.ts";
import type { MachineNetwork } from "../../faults/call-path.ts";
import type { FaultSource, Occasion } from "../../faults/fault-source.ts";
import type { Instance } from "./instance.ts";
import { instanceOf } from "./instance-credentials.ts";

/** What planned faults do to single machines. Without a plan nothing happens to any. */
export interface MachineMishaps {
  /** Takes note of a machine as it is launched. */
  launched(instance: Instance): void;
  /** How much longer it boots. */
  bootDelayMs(instance: Instance): number;
  /** What a machine that does not come up leaves on its console. */
  bootFailure(instance: Instance): string | undefined;
  /** Plans what happens while it runs; the return value takes that back. */
  running(instance: Instance, ends: MachineEnds): Cancel;
  /** Takes note of an end: the describing calls may go on to tell of `before`. */
  ended(before: Instance): void;
  /** By how much its clock is wrong, in milliseconds; ahead if positive. */
  clockSkewMs(instance: Instance): number;
  /** How long after its launch the describing calls do not know it. */
  unseenMs(instanceId: string): number;
  /** The instance as describing calls see it. */
  seenAs(instance: Instance): Instance;
  /** Whether its program has come to a stand, whatever state EC2 tells. */
  standsStill(instanceId: string): boolean;
  networkOf(accessKeyId: string): (() => MachineNetwork) | undefined;
}

/** What EC2 or its hardware may do to a machine that runs. */
export interface MachineEnds {
  /** Its power is gone from one moment to the next, and EC2 says why. */
  die(reason: "hardware" | "spot"): void;
  /** It stands still, and EC2 does not know. */
  hang(): void;
  /** The spot notice, and two minutes later the end. */
  reclaim(): void;
}

export interface MachineMishapOptions {
  readonly source: FaultSource;
  readonly clock: Clock;
  /** The name of the launch template that it comes from, or of its type: the same in every run. */
  readonly kindOf: (instance: Instance) => string;
}

const BOOT_DELAY_MS = [30_000, 1_200_000] as const;
/** From the moment it runs: soon after as often as in hours. */
const LIFE_MS = [1000, 14_400_000] as const;
const UNSEEN_MS = [1000, 180_000] as const;
const SEEN_RUNNING_MS = [1000, 300_000] as const;
const SKEW_MS = [1000, 600_000] as const;
const SHORTEST_CUT_MS = 10_000;

export const noMachineMishaps: MachineMishaps = {
  launched() {},
  bootDelayMs: () => 0,
  bootFailure: () => undefined,
  running: () => () => {},
  ended() {},
  clockSkewMs: () => 0,
  unseenMs: () => 0,
  seenAs: (instance) => instance,
  standsStill: () => false,
  networkOf: () => undefined,
};

/** A machine by names that are the same in every run. */
interface Known {
  /** What it was launched from, and as the how manyeth. */
  readonly of: string;
  readonly nth: number;
  readonly unseenMs: number;
}

export function machineMishaps({ source, clock, kindOf }: MachineMishapOptions): MachineMishaps {
  const known = new Map<string, Known>();
  const still = new Set<string>();
  const seenRunning = new Map<string, { readonly as: Instance; readonly untilMs: number }>();
  const knownAs = (instance: Instance): Known => known.get(instance.instanceId) ?? takeNote(instance);

  const takeNote = (instance: Instance): Known => {
    const { instanceId } = instance;
    const of = kindOf(instance);
    const { nth } = source.number("machine", { of });
    const unseen = source.ask("machine.unseen", { of, nth });
    const unseenMs = Math.round(unseen?.across(...UNSEEN_MS) ?? 0);
    unseen?.happens(`${instanceId} (${of}): not seen for ${seconds(unseenMs)} after its launch`);
    const note = { of, nth, unseenMs };
    known.set(instanceId, note);
    return note;
  };

  /** This boot of the machine, with whatever may come over it. */
  const bootOf = (instance: Instance, boots: number): Occasion => {
    const { of, nth } = knownAs(instance);
    return boots > 1 ? { of, about: `boot ${boots}`, nth } : { of, nth };
  };

  const networkOf = (instanceId: string): MachineNetwork => {
    if (still.has(instanceId)) return "gone";
    const machine = known.get(instanceId);
    if (machine === undefined) return "whole";
    for (const [kind, network, how] of CUTS) {
      const cut = source.spell(kind, { of: machine.of, about: `machine ${machine.nth}` }, SHORTEST_CUT_MS);
      if (cut === undefined) continue;
      cut.happens(`${instanceId} (${machine.of}): ${how}`);
      return network;
    }
    return "whole";
  };

  return {
    launched: (instance) => void takeNote(instance),
    bootDelayMs(instance) {
      const occasion = bootOf(instance, (instance.boots ?? 0) + 1);
      const late = source.ask("machine.boots-late", occasion);
      const lateMs = Math.round(late?.across(...BOOT_DELAY_MS) ?? 0);
      late?.happens(`${instance.instanceId} (${occasion.of}): boots ${seconds(lateMs)} late`);
      return lateMs;
    },
    bootFailure(instance) {
      const occasion = bootOf(instance, instance.boots ?? 1);
      const failure = source.ask("machine.never-boots", occasion);
      if (failure === undefined) return undefined;
      failure.happens(`${instance.instanceId} (${occasion.of}): never boots`);
      return "kernel panic - not syncing: VFS: Unable to mount root fs\n";
    },
    running(instance, { die, hang, reclaim }) {
      const { instanceId, market } = instance;
      const occasion = bootOf(instance, instance.boots ?? 1);
      const planned = [
        ["machine.dies", "its hardware fails", () => die("hardware")],
        ["machine.hangs", "stands still", hang],
        ...(market === "spot"
          ? ([
              ["machine.reclaimed", "a spot notice", reclaim],
              ["machine.reclaimed-without-notice", "taken back without notice", () => die("spot")],
            ] as const)
          : []),
      ] as const;
      const timers = planned.flatMap(([kind, how, end]) => {
        const mishap = source.ask(kind, occasion);
        if (mishap === undefined) return [];
        const goOff = () => {
          mishap.happens(`${instanceId} (${occasion.of}): ${how}`);
          if (end !== reclaim) still.add(instanceId);
          end();
        };
        return [clock.at(clock.now() + Math.round(mishap.across(...LIFE_MS)), goOff)];
      });
      return () => {
        for (const cancel of timers) cancel();
      };
    },
    ended(before) {
      const occasion = bootOf(before, before.boots ?? 1);
      const stale = source.ask("machine.seen-running", occasion);
      if (stale === undefined) return;
      const staleMs = Math.round(stale.across(...SEEN_RUNNING_MS));
      seenRunning.set(before.instanceId, { as: before, untilMs: clock.now() + staleMs });
      stale.happens(`${before.instanceId} (${occasion.of}): called running for ${seconds(staleMs)} after its end`);
    },
    clockSkewMs(instance) {
      const occasion = bootOf(instance, instance.boots ?? 1);
      const skew = source.ask("machine.skewed", occasion);
      if (skew === undefined) return 0;
      const ms = Math.round(skew.across(...SKEW_MS)) * skew.pick([1, -1]);
      skew.happens(
        `${instance.instanceId} (${occasion.of}): its clock is ${seconds(Math.abs(ms))} ${ms > 0 ? "ahead" : "behind"}`,
      );
      return ms;
    },
    unseenMs: (instanceId) => known.get(instanceId)?.unseenMs ?? 0,
    seenAs(instance) {
      const stale = seenRunning.get(instance.instanceId);
      if (stale === undefined) return instance;
      if (clock.now() < stale.untilMs) return stale.as;
      seenRunning.delete(instance.instanceId);
      return instance;
    },
    standsStill: (instanceId) => still.has(instanceId),
    networkOf(accessKeyId) {
      const instanceId = instanceOf(accessKeyId);
      return instanceId === undefined ? undefined : () => networkOf(instanceId);
    },
  };
}

const CUTS = [
  ["machine.cut", "cut", "its network is cut, both ways"],
  ["machine.cut-answers", "deaf", "its network lets no answers in"],
] as const;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
