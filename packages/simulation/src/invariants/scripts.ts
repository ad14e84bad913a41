import type { SeedRun } from "../run-seed.ts";
import type { ScriptRun } from "../world/recorded.ts";
import type { Invariant } from "./invariant.ts";

const endOf = ({ endedMs }: ScriptRun): number => endedMs ?? Number.POSITIVE_INFINITY;

const at = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

export const exclusiveAlone: Invariant = {
  name: "of an exclusive step one script runs at a time",
  broken: ({ recorded }) => {
    const runs = recorded.runs.filter(({ exclusive }) => exclusive);
    return runs.flatMap((run, index) =>
      runs
        .slice(index + 1)
        .filter(
          (other) => other.activity === run.activity && other.startedMs < endOf(run) && run.startedMs < endOf(other),
        )
        .map(
          (other) =>
            `${run.task} on ${run.machine} and ${other.task} on ${other.machine} run at ${at(other.startedMs)}`,
        ),
    );
  },
};

export const fencingGrows: Invariant = {
  name: "each holder of an exclusive step's lease has a larger number than those before",
  broken: ({ recorded }) => {
    const runs = recorded.runs.filter(({ fencing }) => fencing !== undefined);
    return runs.flatMap((run, index) => {
      const before = runs.slice(0, index).findLast(({ activity }) => activity === run.activity);
      return before === undefined || (before.fencing ?? 0) < (run.fencing ?? 0)
        ? []
        : [`${run.task} has ${run.fencing}, and ${before.task} had ${before.fencing} before`];
    });
  },
};

/** What is published by one who has been given up shows users what nobody asked for any more. */
export const nobodyPublishesStale: Invariant = {
  name: "of an exclusive step nobody publishes after a later holder, and no success is published twice",
  broken: ({ recorded }) => {
    const published = recorded.runs.filter(({ exclusive, publishedMs }) => exclusive && publishedMs !== undefined);
    return published.flatMap((run) =>
      published
        .filter((other) => other.activity === run.activity && (other.fencing ?? 0) > (run.fencing ?? 0))
        .filter(({ publishedMs = 0 }) => publishedMs < (run.publishedMs ?? 0))
        .map((other) => `${run.task} on ${run.machine} published after ${other.task}, a later holder`),
    );
  },
};

export const successesAreTrue: Invariant = {
  name: "what the history calls a success has run to its end on the machine that took it",
  broken: (run) =>
    run.builds.flatMap(({ attempts, executionArn }) =>
      attempts
        .filter(({ error }) => error === "")
        .filter((attempt) => !run.recorded.runs.some((each) => isRunOf(each, { ...attempt, executionArn })))
        .map(({ task }) => `${task} succeeded, and no script of it did`),
    ),
};

type Attempt = SeedRun["builds"][0]["attempts"][0] & { readonly executionArn: string };

const isRunOf = (run: ScriptRun, { task, endedMs = 0, executionArn }: Attempt): boolean =>
  run.task === task && run.build === executionArn && run.end === "succeeded" && (run.endedMs ?? 0) <= endedMs;

/** What keeps a machine that lives from telling; hours may pass. */
const SILENCING = /^(machine\.cut|states\.(down|delayed|straggling|slow|timed-out)|agent\.dies)/;
/** Log and record get a minute each before a report, which is repeated at least every half minute. */
const REPORTED_WITHIN_MS = 10 * 60_000;

export const successesArrive: Invariant = {
  name: "what a script has done is known minutes later, where its machine lives and can be heard",
  broken: ({ recorded, builds, launched }) => {
    if (recorded.faults.some(({ kind }) => SILENCING.test(kind))) return [];
    return recorded.runs.flatMap((run) => {
      const { endedMs, end, task, machine } = run;
      if (end !== "succeeded" || endedMs === undefined) return [];
      const dueMs = endedMs + REPORTED_WITHIN_MS;
      const { offMs = Number.POSITIVE_INFINITY } = launched.find(({ instanceId }) => instanceId === machine) ?? {};
      const build = builds.find(({ executionArn }) => executionArn === run.build);
      if (offMs < dueMs || build === undefined || build.endedMs < endedMs) return [];
      const isKnown = build.attempts.some(
        (attempt) => attempt.task === task && attempt.error === "" && (attempt.endedMs ?? 0) <= dueMs,
      );
      return isKnown ? [] : [`${task} was done on ${machine} at ${at(endedMs)}, and nobody knew`];
    });
  },
};

export const heartbeatsAreLostForAReason: Invariant = {
  name: "a heartbeat is lost with its machine, or with what carries it",
  broken: ({ recorded, builds }) => {
    const reasons = recorded.faults.filter(({ kind }) => /^(machine|states|agent|function|event)\./.test(kind));
    return builds
      .flatMap(({ attempts }) => attempts)
      .filter(({ heartbeatLost, endedMs = 0 }) => heartbeatLost && !reasons.some(({ atMs }) => atMs <= endedMs))
      .map(({ task, machine }) => `${task} on ${machine} lost its heartbeat, and nothing had happened`);
  },
};

/** Answers, retries within the SDK, and a poll of who waits for the lease. */
const BEGUN_WITHIN_MS = 60_000;
const HINDERING = /^(machine|agent|states|logs|ec2)\.|\.(down|delayed|slow|straggling|timed-out)$/;

export const takersBegin: Invariant = {
  name: "who takes a task begins at once, or as soon as nobody else works under its step's lease",
  broken: ({ recorded: { runs, faults }, builds }) => {
    if (faults.some(({ kind }) => HINDERING.test(kind))) return [];
    return builds.flatMap(({ attempts, executionArn, endedMs: buildEndedMs }) =>
      attempts.flatMap(({ task, activity, startedMs, endedMs = buildEndedMs }) => {
        if (startedMs === undefined) return [];
        const ofStep = runs.filter((run) => run.activity === activity && run.exclusive);
        const freeMs = Math.max(startedMs, ...ofStep.filter((run) => run.startedMs < startedMs).map(endOf));
        const own = runs.find((run) => run.task === task && run.build === executionArn && run.startedMs >= startedMs);
        const beganMs = own?.startedMs ?? endedMs;
        return beganMs - freeMs <= BEGUN_WITHIN_MS
          ? []
          : [`${task} was taken at ${at(startedMs)}, could begin at ${at(freeMs)}, and began at ${at(beganMs)}`];
      }),
    );
  },
};
