import { stateKey } from "@muster/records";
import { clockTime } from "../why/words.ts";
import type { AuditedAttempt, AuditedBuild, AuditedStage, Inventory, Launches, Machines } from "./inventory.ts";
import { after, type Finding, type Orphan, orphan, span } from "./orphan.ts";

/** EC2 may not show a machine at once that it has launched. */
const VISIBLE_AFTER_MS = 300_000;
/** Three health checks. */
const UNSERVED_MS = 15 * 60_000;
/** The same of a long history, which is checked every forty minutes at last. */
const UNSERVED_LONG_MS = 90 * 60_000;
const LONG_HISTORY = 6250;
/** A step asks for its worker just before it publishes its task. */
const ASKED_BEFORE_MS = 60_000;
/** Between EndHealthCheck's mark and its answer. */
const ANSWERED_WITHIN_MS = 120_000;

/** Builds that nobody moves, and tasks of builds that nobody is at. */
export function orphanBuilds(inventory: Inventory, stage: AuditedStage): Orphan[] {
  const { now, builds } = inventory;
  return (builds?.running ?? []).flatMap((build) => {
    const found = stage.moving
      ? [...lostTasks(build, inventory), ...unservedTasks(build, inventory, stage), ...unanswered(build, inventory)]
      : [standing(build, stage)];
    return found.map((finding) => orphan(now, { build: build.name, ...finding }));
  });
}

function standing(build: AuditedBuild, { muster }: AuditedStage): Finding {
  return {
    kind: "build that stands still",
    name: build.name,
    since: build.startedAt,
    says: "stands still: no process moves builds here",
    next: [...(build.words === undefined ? [] : [muster("build", ...build.words)]), muster("stop", build.name)],
  };
}

function lostTasks(build: AuditedBuild, { now, machines }: Inventory): Finding[] {
  if (machines === null) return [];
  return build.attempts
    .filter((attempt) => attempt.endedAt === undefined && isLost(attempt, machines, now))
    .map(({ task, step, instance, startedAt }) => ({
      kind: "task on a lost machine",
      name: task,
      step,
      task,
      since: startedAt,
      says: `was taken by ${instance} at ${clockTime(startedAt, now)}, which ${machines.gone.has(instance) ? "has ended" : "EC2 does not show"}`,
      blocks: "its build waits for it",
      repair: {
        says: "the next health check gives it to another worker, or else its missing heartbeat does",
        until: null,
      },
    }));
}

function isLost({ instance, startedAt }: AuditedAttempt, { alive, gone }: Machines, now: Date): boolean {
  if (!instance.startsWith("i-")) return false;
  if (alive.some((machine) => machine.instance === instance)) return false;
  return gone.has(instance) || +now - +startedAt >= VISIBLE_AFTER_MS;
}

function unservedTasks(build: AuditedBuild, { now, machines, launches }: Inventory, stage: AuditedStage): Finding[] {
  if (machines === null || launches === null) return [];
  const mostMs = build.events < LONG_HISTORY ? UNSERVED_MS : UNSERVED_LONG_MS;
  return build.waiting.flatMap((step): Finding[] => {
    const since = step.attempts.at(-1)?.scheduledAt;
    if (since === undefined || +now - +since < mostMs || isServed(step.name, since, { machines, launches })) return [];
    return [
      {
        kind: "task without a worker",
        name: step.key,
        step: step.name,
        task: step.key,
        since,
        says: `has waited for a worker for ${span(+now - +since)}, and no health check has asked for one`,
        blocks: "its build waits for it",
        next: [stage.muster("why", step.key, "--build", build.name), stage.muster("stop", build.name)],
      },
    ];
  });
}

/** What waits for capacity, or for a place, has been asked for: that is no orphan. */
function isServed(
  step: string,
  since: Date,
  { machines, launches }: { machines: Machines; launches: Launches },
): boolean {
  if (machines.alive.some((machine) => machine.step === step && machine.state !== "stopped")) return true;
  return launches.read.some(
    ({ activity, requestedAt }) => activity === step && Date.parse(requestedAt) >= +since - ASKED_BEFORE_MS,
  );
}

/** It has done all, and one of its branches waits for an answer that did not come. */
function unanswered(build: AuditedBuild, { now, ofBuilds }: Inventory): Finding[] {
  const at = (key: string) => ofBuilds?.find((stored) => stored.key === key)?.at;
  const doneAt = at(stateKey.buildDone(build.name));
  const token = at(stateKey.healthCheckToken(build.name));
  if (doneAt === undefined || token === undefined || +now - +doneAt < ANSWERED_WITHIN_MS) return [];
  return [
    {
      kind: "build that is done",
      name: build.name,
      since: doneAt,
      says: "has done its tasks, and waits for its next health check because nobody has ended that wait",
      blocks: "a build of the same versions is refused until then",
      repair: {
        says: "the wait ends by itself, after 5 minutes or, of a long build, 40",
        until: after(token, 45 * 60_000),
      },
    },
  ];
}
