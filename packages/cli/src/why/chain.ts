import { type Attempt, formatDuration, type Step } from "@muster/history";
import { type Worker, weighRefusals } from "@muster/lambdas";
import type { LaunchRecord } from "@muster/pipeline";
import { aroundAttempt, attemptEnd } from "./attempt-end.ts";
import { endClause, tellingLineOf } from "./end-words.ts";
import type { TaskFacts } from "./facts.ts";
import { BOOT_ALLOWANCE_MS, refusalsOf, waitOfRefusal } from "./wait-for-worker.ts";
import { lackWords } from "./wait-words.ts";

/** Something that has happened to a task. */
export interface Link {
  readonly at: Date;
  readonly says: string;
}

/** A step asks for its worker just before it publishes its task. */
const ASKED_BEFORE_MS = 60_000;
/** A wait that is worth a word. */
const LONG_WAIT_MS = 60_000;

/** What has happened to a task, in its order: when the build came to it, what EC2 was asked, who took it, how each attempt ended. */
export function chainOf(facts: TaskFacts): Link[] {
  const { step } = facts;
  if (step === undefined) return [];
  const links = [
    cameTo(step),
    ...(step.resumedAt === undefined ? [] : [{ at: step.resumedAt, says: "somebody let the build go on (redrive)" }]),
    ...(step.kind === "activity" ? step.attempts.flatMap((attempt, index) => attemptLinks(attempt, index, facts)) : []),
    ...ending(step),
  ];
  return links.toSorted((one, other) => +one.at - +other.at);
}

function cameTo({ enteredAt, reason, state, attempts, kind }: Step): Link {
  const isReasonToRun = reason !== undefined && state !== "skipped" && attempts.length > 0 && kind === "activity";
  return { at: enteredAt, says: `the build came to it${isReasonToRun ? `: ${reason}` : ""}` };
}

function ending({ state, endedAt, kind, attempts }: Step): Link[] {
  if (endedAt === undefined || kind === "approval") return [];
  if (state === "succeeded")
    return [{ at: endedAt, says: attempts.length > 1 ? "it succeeded at last" : "it succeeded" }];
  return [];
}

function attemptLinks(attempt: Attempt, index: number, facts: TaskFacts): Link[] {
  const { startedAt, endedAt, instance } = attempt;
  const waited = startedAt === undefined ? 0 : +startedAt - +attempt.scheduledAt;
  const after = waited >= LONG_WAIT_MS ? ` after ${span(waited)} in its queue` : "";
  const again = index > 0 ? ", another attempt" : "";
  return [
    ...launchLinks(attempt, facts.step?.attempts[index - 1], facts),
    ...(startedAt === undefined ? [] : [{ at: startedAt, says: `${instance ?? "a worker"} took it${after}${again}` }]),
    ...(endedAt === undefined || attempt.error === undefined ? [] : [{ at: endedAt, says: endLink(attempt, facts) }]),
  ];
}

function endLink(attempt: Attempt, facts: TaskFacts): string {
  const { startedAt, endedAt, instance } = attempt;
  const end = attemptEnd(attempt, aroundAttempt(attempt, facts));
  const after = startedAt === undefined || endedAt === undefined ? "" : ` after ${span(+endedAt - +startedAt)}`;
  // Of the last attempt the sentence says it.
  const line = attempt === facts.step?.attempts.at(-1) ? null : tellingLineOf(end);
  return `${endClause(end, { instance: instance ?? null, after })}${line === null ? "" : `: ${line}`}`;
}

/**
 * What EC2 was asked for the step while the attempt waited: refusals in a row as one, the launch of who took it, and machines that never became ready. Who
 * takes it again may have been asked for when EC2 announced that it would take the machine before back.
 */
function launchLinks(attempt: Attempt, previous: Attempt | undefined, { launches, workers, now }: TaskFacts): Link[] {
  const { scheduledAt, startedAt, endedAt, instance } = attempt;
  const asked = new Date(+scheduledAt - ASKED_BEFORE_MS);
  const from = +(previous?.startedAt ?? previous?.scheduledAt ?? asked);
  const refusedFrom = +(previous?.endedAt ?? asked);
  const until = +(startedAt ?? endedAt ?? now);
  const isNeverReady = (id: string) =>
    workers?.some((worker) => worker.instanceId === id && !worker.everReady && isOver(worker, now)) ?? false;
  const meant = (launches ?? []).filter(({ requestedAt }) => {
    const at = Date.parse(requestedAt);
    return at >= from && at <= until;
  });
  return runsOf(meant).flatMap((run): Link[] => {
    const [first] = run;
    if (first === undefined) return [];
    const at = new Date(first.requestedAt);
    const verdict = +at < refusedFrom ? undefined : weighRefusals(run.at(-1)?.errors ?? []);
    const came = run
      .flatMap(({ instances }) => instances)
      .filter((each) => instance === undefined || each === instance || (+at >= refusedFrom && isNeverReady(each)))
      .map((each) => `${each} (${first.market})${isNeverReady(each) ? ", which never became ready" : ""}`);
    return [
      ...(verdict === undefined ? [] : [{ at, says: lackWords(waitOfRefusal[verdict], refusalsOf(run)) }]),
      ...(came.length === 0 ? [] : [{ at, says: `EC2 launched ${came.join(", ")}` }]),
    ];
  });
}

/** Whether it is gone, or should have been ready long ago. */
const isOver = ({ state, launchedAt }: Worker, now: Date): boolean =>
  state === "gone" || (state === "booting" && +now - +launchedAt >= BOOT_ALLOWANCE_MS);

/** Requests that came to nothing, in a row, are one run; any other is a run of its own. */
function runsOf(asked: readonly LaunchRecord[]): LaunchRecord[][] {
  const runs: LaunchRecord[][] = [];
  for (const launch of asked) {
    const run = runs.at(-1);
    const previous = run?.at(-1);
    if (run !== undefined && previous !== undefined && isVain(previous) && isVain(launch) && isSame(previous, launch))
      run.push(launch);
    else runs.push([launch]);
  }
  return runs;
}

const isVain = ({ instances, errors }: LaunchRecord): boolean => instances.length === 0 && errors.length > 0;
const isSame = (one: LaunchRecord, other: LaunchRecord): boolean =>
  weighRefusals(one.errors) === weighRefusals(other.errors);

const span = (ms: number): string => formatDuration(ms, { whole: ms >= 10_000 });
