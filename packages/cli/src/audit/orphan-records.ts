import { RECORDS_KEPT_MS } from "@muster/lambdas";
import type { LaunchRecord } from "@muster/pipeline";
import { counted } from "../counted.ts";
import { clockTime } from "../why/words.ts";
import type { AuditedStage, Inventory, StoredKey } from "./inventory.ts";
import { after, type Finding, type Orphan, orphan } from "./orphan.ts";

/** No function runs for longer, so that what it was about to do is left undone. */
const FUNCTION_MS = 120_000;
const TICK_MS = 5 * 60_000;
/** So long a launch without an answer keeps others from being made, and a demand without one may be answered. */
const LAUNCH_OPEN_MS = 15 * 60_000;
const DEMAND_OPEN_MS = 30 * 60_000;

/** Records of what is over, or of what nobody has gone on with. */
export function orphanRecords(inventory: Inventory, stage: AuditedStage): Orphan[] {
  // Whoever owns the folder next goes on with them, and drops what is old.
  if (!stage.moving) return [];
  const found = [
    ...unansweredLaunches(inventory),
    ...demandsOfEnded(inventory),
    ...openRequests(inventory),
    ...ofEndedBuilds(inventory, stage),
    ...oldRecords(inventory, stage),
  ];
  return found.map((finding) => orphan(inventory.now, finding, { late: "the reaper should have dropped it by now" }));
}

/** A health check comes to it where a build runs; else whoever next needs a worker of the step. */
function nextRepair({ builds }: Inventory, says: string): NonNullable<Finding["repair"]> {
  return (builds?.running.length ?? 0) > 0
    ? { says: `the next health check ${says}`, until: null }
    : { says: `the next build ${says}`, until: null };
}

function unansweredLaunches(inventory: Inventory): Finding[] {
  const { now, launches, machines } = inventory;
  const isOpen = ({ finished, requestedAt }: LaunchRecord) =>
    !finished && +now - Date.parse(requestedAt) >= FUNCTION_MS;
  return (launches?.read ?? []).filter(isOpen).map((launch) => {
    const { activity, clientToken, requestedAt, wanted } = launch;
    const since = new Date(requestedAt);
    const seen = (machines?.alive ?? []).filter((machine) => machine.launch === clientToken).length;
    const shows = machines === null ? "" : `, and EC2 shows ${seen === 0 ? "none" : String(seen)} of it`;
    const freeAt = after(since, LAUNCH_OPEN_MS);
    return {
      kind: "unanswered launch",
      name: activity,
      step: activity,
      since,
      says: `asked EC2 for ${counted(wanted, "worker")} at ${clockTime(since, now)}, and nobody has written down the answer${shows}`,
      blocks: freeAt > now ? `nothing else is launched for ${activity} until ${clockTime(freeAt, now)}` : null,
      repair: nextRepair(inventory, "makes the same request again, which starts nothing twice"),
    };
  });
}

function demandsOfEnded(inventory: Inventory): Finding[] {
  const { now, demands, launches, builds } = inventory;
  if (demands === null || launches === null || builds === null) return [];
  const answered = new Set(launches.read.flatMap((launch) => launch.demands));
  const running = new Set(builds.running.map(({ name }) => name));
  return demands
    .filter(({ id, build, enteredAt }) => !answered.has(id) && !running.has(build) && +now - +enteredAt >= FUNCTION_MS)
    .map(({ task, step, build, enteredAt }) => ({
      kind: "demand of an ended build",
      name: task,
      step,
      task,
      build,
      since: enteredAt,
      says: `was about to need a worker when its build ${build} ended: a launch for ${step} would start one too many`,
      repair: {
        says: "it does not count any more half an hour after it was made",
        until: after(enteredAt, DEMAND_OPEN_MS),
      },
    }));
}

function openRequests(inventory: Inventory): Finding[] {
  const { now, requests } = inventory;
  return (requests ?? [])
    .filter(({ at }) => +now - +at >= FUNCTION_MS)
    .map(({ step, at }) => ({
      kind: "repair request",
      name: step,
      step,
      since: at,
      says: `was to have its workers counted at ${clockTime(at, now)}, and nobody has done so`,
      repair: nextRepair(inventory, "does it"),
      ...(+now - +at >= 3 * TICK_MS &&
        (inventory.builds?.running.length ?? 0) > 0 && {
          blocks: "workers that are missing are not launched",
        }),
    }));
}

function ofEndedBuilds({ now, ofBuilds, builds }: Inventory, stage: AuditedStage): Finding[] {
  if (builds === null || ofBuilds === null) return [];
  const running = new Set(builds.running.map(({ name }) => name));
  const names = [...new Set(ofBuilds.map(({ build }) => build))].filter((name) => !running.has(name));
  return names.flatMap((build): Finding[] => {
    const keys = ofBuilds.filter((stored) => stored.build === build);
    const written = Math.max(...keys.map(({ at }) => +at));
    const since = builds.latest.find(({ name }) => name === build)?.endedAt ?? new Date(written);
    if (+now - +since < FUNCTION_MS) return [];
    return [
      {
        kind: "record of an ended build",
        name: build,
        build,
        since,
        says: `has ended, and left ${counted(keys.length, "record")} that only a running build needs`,
        repair: { says: "the reaper drops it", until: after(since, 2 * stage.reapEveryMs) },
        next: [dropCommand(`executions/${build}/`, stage)],
      },
    ];
  });
}

/** Launches and demands of before yesterday: that they are there says that the reaper does not come. */
function oldRecords({ now, launches, demandKeys }: Inventory, stage: AuditedStage): Finding[] {
  const all: readonly StoredKey[] = [...(launches?.keys ?? []), ...(demandKeys ?? [])];
  const before = +now - RECORDS_KEPT_MS - 2 * stage.reapEveryMs;
  const old = all.filter(({ at }) => +at < before);
  if (old.length === 0) return [];
  const oldest = new Date(Math.min(...old.map(({ at }) => +at)));
  return [
    {
      kind: "old records",
      name: `${stage.stage}'s reaper`,
      since: oldest,
      says: `has left ${counted(old.length, "record")} of launches that are older than a day: it does not come, or fails`,
      blocks: "machines that hang are not ended either",
      next: [stage.muster("doctor")],
    },
  ];
}

function dropCommand(prefix: string, { stateBucket, region, url }: AuditedStage): string {
  const endpoint = url === undefined ? "" : ` --endpoint-url ${url}`;
  return `aws s3 rm --recursive --region ${region}${endpoint} s3://${stateBucket}/${prefix}`;
}
