import type { SeedRun } from "../run-seed.ts";
import type { Invariant } from "./invariant.ts";

/** A health check's tick, and a poll. */
const TICK_AND_POLL_MS = 6 * 60_000;

/** What goes on to act after it has happened; the rest is over at once. */
const LASTING = /\.(down|delayed|slow|straggling|timed-out|twice|late|lost)$|^machine\.|^pool\.|^agent\.|^event\./;

export const nobodyWaitsInQuiet: Invariant = {
  name: "no task waits longer than a tick and a boot without a fault meanwhile, while its step may have another worker",
  broken: (run) => {
    const { faults } = run.recorded;
    if (faults.some(({ kind }) => LASTING.test(kind))) return [];
    const usualWaitMs = TICK_AND_POLL_MS + run.bootSeconds * 1000;
    return run.builds
      .flatMap(({ attempts, endedMs }) => attempts.map((attempt) => ({ ...attempt, buildEndedMs: endedMs })))
      .filter(({ activity, scheduledMs, startedMs, buildEndedMs }) => {
        const untilMs = startedMs ?? buildEndedMs;
        const times = [scheduledMs, ...faults.map(({ atMs }) => atMs).filter((atMs) => atMs > scheduledMs)];
        return times.some((fromMs, index) => {
          const lateMs = fromMs + usualWaitMs;
          const isQuiet = Math.min(times[index + 1] ?? untilMs, untilMs) > lateMs;
          return isQuiet && machinesAt(run, activity, lateMs) < mostOf(run, activity);
        });
      })
      .map(({ task, scheduledMs, startedMs = 0 }) => `${task} waited ${(startedMs - scheduledMs) / 1000} s`);
  },
};

function mostOf({ pipeline }: SeedRun, name: string): number {
  const activity = pipeline.activities.find((each) => each.name === name);
  return activity?.exclusive ? 1 : (activity?.maxWorkers ?? Number.POSITIVE_INFINITY);
}

const machinesAt = ({ launched }: SeedRun, name: string, atMs: number): number =>
  launched.filter(
    ({ activity, launchedMs, offMs = atMs + 1 }) => activity === name && launchedMs <= atMs && offMs > atMs,
  ).length;

export const calmIsCalm: Invariant = {
  name: "where nothing goes wrong every build succeeds, and nothing is tried twice",
  broken: ({ recorded, builds }) =>
    recorded.faults.length > 0
      ? []
      : builds.flatMap(({ status, message, attempts }) => [
          ...(status === "SUCCEEDED" ? [] : [`it ended with ${status}: ${message}`]),
          ...attempts.filter(({ error }) => error !== "").map(({ task, error }) => `${task} ended with ${error}`),
        ]),
};
