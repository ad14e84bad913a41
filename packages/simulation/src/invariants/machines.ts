import { WorkerTag } from "@muster/records";
import type { SeedRun } from "../run-seed.ts";
import type { Invariant } from "./invariant.ts";

/** As EC2's query protocol calls its members. */
interface FleetInput {
  readonly TagSpecification?: readonly {
    readonly Tag?: readonly { readonly Key?: string; readonly Value?: string }[];
  }[];
  readonly TargetCapacitySpecification?: { readonly TotalTargetCapacity?: unknown };
}

/** The token as its machines bear it. */
const tokenOf = ({ TagSpecification = [] }: FleetInput): string =>
  TagSpecification.flatMap(({ Tag = [] }) => Tag).find(({ Key }) => Key === WorkerTag.launch)?.Value ?? "";

export const oneFleetAToken: Invariant = {
  name: "a launch token never starts more machines than were asked for under it",
  broken: ({ launched, recorded }) => {
    const wanted = new Map<string, number>();
    for (const call of recorded.calls) {
      if (call.operation !== "CreateFleet") continue;
      const input = call.input as FleetInput;
      const { TotalTargetCapacity: most = 0 } = input.TargetCapacitySpecification ?? {};
      wanted.set(tokenOf(input), Math.max(wanted.get(tokenOf(input)) ?? 0, Number(most)));
    }
    const byToken = Map.groupBy(launched, ({ launchToken }) => launchToken);
    return [...byToken].flatMap(([token, machines]) => {
      const most = wanted.get(token) ?? 0;
      return machines.length <= most
        ? []
        : [`${machines.length} machines of a launch of ${most}: ${token.slice(0, 12)}`];
    });
  },
};

export const workersWithinCap: Invariant = {
  name: "never more machines of a step than its maxWorkers, but for those that seemed never to be ready, or have failed a task",
  broken: ({ pipeline, launched }) =>
    pipeline.activities.flatMap(({ name, exclusive, maxWorkers: own }) => {
      const maxWorkers = exclusive ? 1 : own;
      if (maxWorkers === undefined) return [];
      const machines = launched.filter((machine) => machine.activity === name && isInTime(machine));
      const most = Math.max(
        0,
        ...machines.map(({ launchedMs }) => machines.filter((each) => isThere(each, launchedMs)).length),
      );
      return most <= maxWorkers ? [] : [`${most} machines of ${name}, which may have ${maxWorkers}`];
    }),
};

/** Repair gives up what does not say so by then, and launches another for its task: it may come up all the same, or be cut off. */
const READY_WITHIN_MS = 240_000;

const isInTime = ({ launchedMs, readyMs }: SeedRun["launched"][0]): boolean =>
  readyMs !== undefined && readyMs - launchedMs < READY_WITHIN_MS;

/** One that has failed a task takes no other: it does not keep the task's second attempt waiting, while it ends or is looked at. */
const isThere = ({ launchedMs, offMs, failedMs }: SeedRun["launched"][0], atMs: number): boolean =>
  launchedMs <= atMs && [offMs, failedMs].every((endMs) => endMs === undefined || endMs > atMs);

/** What leaves a machine that runs without a word, or keeps functions from seeing so. */
const STILLING = /^(machine|agent|script)\.|\.(down|delayed|slow|straggling|timed-out|lost)$|^function\.|^event\./;
/** A worker's time without a task, its last poll, and its shutdown. */
const IDLE_MS = 13 * 60_000;
/** The worker's hour in which nobody answers, the reaper's hour and a half, its cycles, and those that an outage costs. */
const FORGOTTEN_MS = 5 * 3_600_000;

export const idleMachinesEnd: Invariant = {
  name: "no machine runs longer than its idle time without a task, or the reaper's patience where something keeps it",
  broken: ({ launched, recorded, seconds, builds }) => {
    const mostMs = recorded.faults.some(({ kind }) => STILLING.test(kind)) ? FORGOTTEN_MS : IDLE_MS;
    const overMs = Math.min(...builds.map(({ startedMs }) => startedMs)) + seconds * 1000;
    return launched.flatMap(({ instanceId, launchedMs, readyMs = launchedMs, terminatedMs = overMs }) => {
      const ends = recorded.runs
        .filter(({ machine }) => machine === instanceId)
        .map(({ endedMs = terminatedMs }) => endedMs);
      const idleMs = terminatedMs - Math.max(readyMs, ...ends);
      return idleMs <= mostMs ? [] : [`${instanceId} ran for ${Math.round(idleMs / 60_000)} minutes without a task`];
    });
  },
};

export const nothingIsLeft: Invariant = {
  name: "at the end no machine runs, no lease is held, no token is open",
  broken: ({ leftovers: { running, leases, tokens } }) => [
    ...running.map((id) => `${id} still runs`),
    ...leases.map((key) => `${key} is still held`),
    ...tokens.map((key) => `${key} is still there`),
  ],
};
