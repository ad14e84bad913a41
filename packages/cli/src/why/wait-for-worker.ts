import type { Step } from "@muster/history";
import { launchedAt, type Worker, weighRefusals } from "@muster/lambdas";
import type { LaunchRecord, Refusal } from "@muster/pipeline";
import type { TaskFacts } from "./facts.ts";
import type { BusyMachine, Refusals, Wait } from "./situation.ts";

/** A step asks for its worker just before it publishes its task. */
const ASKED_BEFORE_MS = 60_000;
/** A machine that is not ready, or not to be seen, after so long is replaced by the next health check. */
export const BOOT_ALLOWANCE_MS = 240_000;
/** An idle worker that lets a task wait for longer does not poll. */
const POLL_ALLOWANCE_MS = 120_000;

/** What a task waits for that has been in its step's queue since then: the first of these that holds. */
export function waitForWorker(since: Date, step: Step, facts: TaskFacts): Wait {
  const { build, launches, workers, now } = facts;
  if (build.input?.debug === "skip_ec2") return { for: "a test worker" };
  const asked = (launches ?? []).filter(({ requestedAt }) => Date.parse(requestedAt) >= +since - ASKED_BEFORE_MS);
  const alive = (workers ?? []).filter(({ state }) => state !== "gone");
  const isKnown = launches !== null && workers !== null;
  return (
    idle(alive, +now - +since) ??
    booting(asked, alive, now) ??
    unanswered(asked) ??
    launched(asked, facts) ??
    refused(asked) ??
    atLimit(asked, step, facts) ??
    neverReady(since, facts) ??
    (step.deferred === undefined ? undefined : { for: "a worker", why: step.deferred.why }) ??
    busy(alive, facts) ??
    (isKnown ? { for: "a launch" } : { for: "a worker", why: null })
  );
}

function idle(alive: readonly Worker[], waitedMs: number): Wait | undefined {
  const instances = alive.filter(({ state }) => state === "idle").map(({ instanceId }) => instanceId);
  return instances.length > 0 && waitedMs < POLL_ALLOWANCE_MS ? { for: "an idle worker", instances } : undefined;
}

function booting(asked: readonly LaunchRecord[], alive: readonly Worker[], now: Date): Wait | undefined {
  const machines = alive
    .filter((worker) => worker.state === "booting" && !isOverdue(worker, now))
    .map((worker) => ({ instance: worker.instanceId, seconds: (+now - +worker.launchedAt) / 1000 }));
  if (machines.length === 0) return undefined;
  const before = asked.filter(cameToLess);
  const isLack = before.length > 0 && weighRefusals(before.flatMap(({ errors }) => errors)) === "capacity";
  return { for: "a booting worker", booting: machines, refusals: isLack ? refusalsOf(before) : null };
}

function unanswered(asked: readonly LaunchRecord[]): Wait | undefined {
  const open = asked.find(({ finished }) => !finished);
  return open && { for: "EC2's answer", asked: new Date(open.requestedAt) };
}

/** EC2 shows a new machine after some seconds. */
function launched(asked: readonly LaunchRecord[], { workers, now }: TaskFacts): Wait | undefined {
  if (workers === null) return undefined;
  const seen = new Set(workers.map(({ instanceId }) => instanceId));
  const instances = asked
    .filter((launch) => +now - launchedAt(launch) < BOOT_ALLOWANCE_MS)
    .flatMap((launch) => launch.instances)
    .filter((instance) => !seen.has(instance));
  return instances.length > 0 ? { for: "a launched worker", instances } : undefined;
}

export const waitOfRefusal = {
  capacity: "capacity",
  quota: "a quota",
  throttling: "EC2's patience",
  configuration: "EC2 to allow it",
  unknown: "EC2",
} as const satisfies Record<Refusal, Wait["for"]>;

/** The requests after the last that came to all it asked for. */
function refused(asked: readonly LaunchRecord[]): Wait | undefined {
  const last = asked.findLastIndex((launch) => !cameToLess(launch));
  const run = asked.slice(last + 1);
  const verdict = weighRefusals(run.at(-1)?.errors ?? []);
  return verdict === undefined ? undefined : { for: waitOfRefusal[verdict], refusals: refusalsOf(run) };
}

const cameToLess = ({ wanted, instances, errors }: LaunchRecord): boolean =>
  wanted > instances.length && errors.length > 0;

export function refusalsOf(run: readonly LaunchRecord[]): Refusals {
  const errors = run.at(-1)?.errors ?? [];
  const distinct = (values: readonly (string | undefined)[]) =>
    [...new Set(values.filter((value) => value !== undefined && value !== ""))] as string[];
  return {
    since: new Date(run[0]?.requestedAt ?? 0),
    requests: run.length,
    codes: distinct(errors.map(({ code }) => code)),
    instanceTypes: distinct(errors.map(({ instanceType }) => instanceType)),
    zones: distinct(errors.map(({ zone }) => zone)),
    markets: distinct(errors.map(({ market }) => market)),
    message: errors[0]?.message ?? "",
  };
}

function atLimit(asked: readonly LaunchRecord[], step: Step, facts: TaskFacts): Wait | undefined {
  const last = asked.at(-1);
  if (last === undefined || last.wanted > 0 || last.instances.length > 0) return undefined;
  const limit = step.deferred?.why ?? `${step.name} has as many workers as it may have`;
  return { for: "a place", limit, busy: atWork(facts.workers ?? [], facts) };
}

function neverReady(since: Date, { workers, now }: TaskFacts): Wait | undefined {
  const failed = (workers ?? []).filter(
    (worker) =>
      +worker.launchedAt >= +since - ASKED_BEFORE_MS &&
      !worker.everReady &&
      (worker.state === "gone" || (worker.state === "booting" && isOverdue(worker, now))),
  );
  if (failed.length === 0) return undefined;
  return { for: "a machine that starts", instances: failed.map(({ instanceId }) => instanceId) };
}

function busy(alive: readonly Worker[], facts: TaskFacts): Wait | undefined {
  const machines = atWork(alive, facts);
  return machines.length === 0 ? undefined : { for: "a busy worker", busy: machines };
}

function atWork(workers: readonly Worker[], { build, now }: TaskFacts): BusyMachine[] {
  const startOf = (instance: string) =>
    build.steps.flatMap(({ attempts }) => attempts).find((attempt) => attempt.instance === instance && !attempt.endedAt)
      ?.startedAt;
  return workers
    .filter(({ state }) => state === "active")
    .map(({ instanceId, task }) => {
      const startedAt = startOf(instanceId);
      const seconds = startedAt === undefined ? null : (+now - +startedAt) / 1000;
      return { instance: instanceId, task: task ?? null, seconds };
    });
}

const isOverdue = ({ launchedAt: at }: Worker, now: Date): boolean => +now - +at >= BOOT_ALLOWANCE_MS;
