import type { SeedRun } from "../run-seed.ts";
import type { Invariant } from "./invariant.ts";

/** A health check's tick, and what it takes until its machine has booted as late as machines do and polled. */
const USUAL_WAIT_MS = 15 * 60_000;

/** What a task waited for a worker, in a world where nothing keeps workers from coming. */
export const nobodyWaitsInCalm: Invariant = {
  name: "where nothing goes wrong no task waits for a worker for longer than a tick and a boot",
  broken: (run) =>
    run.recorded.faults.length > 0
      ? []
      : waits(run)
          .filter(({ ms }) => ms > USUAL_WAIT_MS)
          .map(({ task, ms }) => `${task} waited ${ms / 1000} s`),
};

const waits = ({ builds }: SeedRun) =>
  builds.flatMap(({ attempts }) =>
    attempts.flatMap(({ task, scheduledMs, startedMs }) =>
      startedMs === undefined ? [] : [{ task, ms: startedMs - scheduledMs }],
    ),
  );
