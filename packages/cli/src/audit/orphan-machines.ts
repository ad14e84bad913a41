import { LAST_RESORT_MS, LIFETIME_MS, listedPrice, patienceMs, READY_WITHIN_MS } from "@muster/lambdas";
import { clockTime } from "../why/words.ts";
import type { AuditedStage, Inventory, Machine } from "./inventory.ts";
import { after, type Finding, type Orphan, orphan, span } from "./orphan.ts";
import { type LastWork, lastWorkOf } from "./work-of-machines.ts";

/** From a report to the tags that tell of it. */
const TAGGED_MS = 60_000;
/** The longest that the agent gives an after-task script, and an init. */
const SCRIPT_MS = 30 * 60_000;
/** From the end of a worker's patience to its machine's: a last poll, init's cleanup, the last lines of the log. */
const ENDING_MS = 12 * 60_000;
/** From a heartbeat that is refused to an idle worker: what the script gets to end, and its folder's removal. */
const LETTING_GO_MS = 60_000;
/** `--keep-failed` keeps a machine so long. */
const KEPT_MS = 4 * 3_600_000;

/** Machines that nobody needs, a sentence each; of those that hold a task of a running build none. */
export function orphanMachines(inventory: Inventory, stage: AuditedStage): Orphan[] {
  const { machines } = inventory;
  return (machines?.alive ?? []).flatMap((machine) => {
    const found = judge(machine, inventory, stage);
    if (found === undefined) return [];
    const { late, ...finding } = found;
    const cost = costOf(machine, inventory.now, stage);
    const base = { name: machine.instance, step: machine.step || null, ...cost, next: [endCommand(machine, stage)] };
    return [orphan(inventory.now, { ...base, ...finding }, late === undefined ? {} : { late })];
  });
}

type Found = Omit<Finding, "name"> & { readonly late?: string };

function judge(machine: Machine, inventory: Inventory, stage: AuditedStage): Found | undefined {
  const { now, builds } = inventory;
  const { state, launchedAt, pipeline } = machine;
  const since = launchedAt;
  if (pipeline === undefined) {
    return {
      kind: "machine without tags",
      since,
      says: "runs without the tags that a launch gave it: nobody counts it, and the reaper does not see it",
    };
  }
  if (pipeline !== stage.pipeline.name) {
    return {
      kind: "machine of another pipeline",
      since,
      says: `is a worker of the pipeline ${pipeline}, which this stage does not build: nobody looks after it here`,
    };
  }
  if (state === "stopped") {
    return {
      kind: "stopped machine",
      says: "was stopped, and not terminated: nobody starts it again, and its volume goes on costing",
    };
  }
  if (+now - +launchedAt >= LAST_RESORT_MS) {
    return {
      kind: "old machine",
      since,
      says: "is more than 48 hours old",
      ...reaped(machine, LAST_RESORT_MS, { inventory, stage }),
    };
  }
  const work = builds === null ? undefined : lastWorkOf(machine.instance, builds);
  if (work === undefined || work.isAtIt) return undefined;
  return judgeFree(machine, work.last, { inventory, stage });
}

interface Around {
  readonly inventory: Inventory;
  readonly stage: AuditedStage;
}

/** One that holds no task of a running build. */
function judgeFree(machine: Machine, last: LastWork | undefined, around: Around): Found | undefined {
  const { now } = around.inventory;
  switch (machine.state) {
    case "booting":
      if (+now - +machine.launchedAt < READY_WITHIN_MS) return undefined;
      return {
        kind: "machine that never became ready",
        since: machine.launchedAt,
        says: `was launched ${span(+now - +machine.launchedAt)} ago and never became ready`,
        ...reaped(machine, READY_WITHIN_MS, around),
      };
    case "active":
      return atNothing(machine, last, around);
    case "failed":
      return kept(machine, last, around);
    case "idle":
    case "stopping":
      return idle(machine, last, around) ?? unrecorded(machine, around);
    case "stopped":
      return undefined;
    default:
      return machine.state satisfies never;
  }
}

/** Its tags say that it works, and no running build waits for that. */
function atNothing(machine: Machine, last: LastWork | undefined, around: Around): Found | undefined {
  const { now } = around.inventory;
  const activity = activityOf(machine, around.stage);
  const base = { kind: "machine at a task that is over", task: machine.task ?? last?.task ?? null } as const;
  const task = base.task ?? "a task";
  if (last === undefined || (machine.task !== undefined && last.task !== machine.task)) {
    return {
      ...base,
      says: `is at ${task} by its tags, which no running build waits for`,
      ...reapedAtNothing(machine, undefined, around),
    };
  }
  const more = { ...base, build: last.build, since: last.overAt };
  if (last.heard) {
    const allowedMs = TAGGED_MS + (activity?.afterTask === undefined ? 0 : SCRIPT_MS);
    if (+now - +last.overAt < allowedMs) return undefined;
    const says = `has told how ${task} ended at ${clockTime(last.overAt, now)}, and is at it still by its tags`;
    return { ...more, says, ...reapedAtNothing(machine, last.overAt, around) };
  }
  const says = `is at ${task}, which is over: ${last.why}`;
  const learntBy = after(last.overAt, ((activity?.heartbeat ?? 300) * 1000) / 3 + LETTING_GO_MS);
  if (+learntBy >= +now) {
    return {
      ...more,
      says,
      repair: { says: "its worker learns so by its next heartbeat, and waits for other tasks", until: learntBy },
    };
  }
  return {
    ...more,
    says: `${says}; its worker should have learnt so by now`,
    ...reapedAtNothing(machine, last.overAt, around),
  };
}

/** A machine whose task failed: it ends at once, or stays for a look. */
function kept(machine: Machine, last: LastWork | undefined, around: Around): Found | undefined {
  const since = last?.overAt ?? machine.launchedAt;
  const mostMs = ENDING_MS + SCRIPT_MS + (last?.isKept === false ? 0 : KEPT_MS);
  if (+around.inventory.now - +since < mostMs) return undefined;
  const task = machine.task ?? last?.task ?? null;
  return {
    kind: "kept machine",
    task,
    build: last?.build ?? null,
    since,
    says: `failed at ${task ?? "its task"}, and should have ended ${last?.isKept === false ? "then" : "four hours later at the latest"}`,
    ...reapedAtNothing(machine, since, around),
  };
}

function idle(machine: Machine, last: LastWork | undefined, around: Around): Found | undefined {
  const { inventory, stage } = around;
  const { now } = inventory;
  const since = idleSince(machine, last);
  const initMs = machine.tasks === 0 && activityOf(machine, stage)?.init !== undefined ? SCRIPT_MS : 0;
  const bootMs = machine.tasks === 0 ? READY_WITHIN_MS : 0;
  const isOld = +now - +machine.launchedAt >= LIFETIME_MS + ENDING_MS;
  if (!isOld && (since === undefined || +now - +since < stage.idleMs + ENDING_MS + initMs + bootMs)) return undefined;
  const says = isOld
    ? "is more than 24 hours old and holds no task"
    : `has had no task for ${span(+now - +(since as Date))}, and should have ended itself after ${span(stage.idleMs)}`;
  return { kind: "idle machine", since: since ?? null, says, ...reapedAtNothing(machine, since, around) };
}

/** undefined where it has had a task of which nothing is known. */
export const idleSince = ({ tasks, launchedAt }: Machine, last: LastWork | undefined): Date | undefined =>
  last?.overAt ?? (tasks === 0 ? launchedAt : undefined);

/** Launches are kept for a day. */
function unrecorded(machine: Machine, { inventory, stage }: Around): Found | undefined {
  const { now, launches } = inventory;
  const isKnown = launches === null || (machine.launch !== undefined && launches.tokens.has(machine.launch));
  if (isKnown || +now - +machine.launchedAt > LIFETIME_MS - stage.reapEveryMs) return undefined;
  return {
    kind: "machine that nobody launched",
    since: machine.launchedAt,
    says: `has no record of its launch: somebody else started it, at ${clockTime(machine.launchedAt, now)}`,
    repair: {
      says: `it works like any other, and ends when it has had no task for ${span(stage.idleMs)}`,
      until: null,
    },
  };
}

/** The reaper marks a machine in one cycle, and ends it in the next. */
function reaped(machine: Machine, ageMs: number, { inventory, stage }: Around): Pick<Found, "repair" | "late"> {
  const marked = inventory.marks?.get(machine.instance);
  const cycles = marked === undefined ? 3 : 2;
  const from = marked ?? after(machine.launchedAt, ageMs);
  const says =
    marked === undefined
      ? `the reaper ends it when it is ${ageMs < LIFETIME_MS ? span(ageMs) : `${ageMs / 3_600_000} hours`} old`
      : `the reaper has marked it at ${clockTime(marked, inventory.now)}, and ends it in its next cycle`;
  const until = after(from, cycles * stage.reapEveryMs);
  return { repair: { says, until }, late: "the reaper should have ended it by now" };
}

/** It watches machines without a task, and waits for longer than a worker stays that is well. */
function reapedAtNothing(machine: Machine, since: Date | undefined, around: Around): Pick<Found, "repair" | "late"> {
  const { inventory, stage } = around;
  const old = reaped(machine, LIFETIME_MS, around);
  if (since === undefined || inventory.marks?.has(machine.instance)) return old;
  const restMs = patienceMs(machine.state, stage.idleMs / 1000);
  const until = after(since, restMs + 3 * stage.reapEveryMs);
  if (+until >= +after(machine.launchedAt, LIFETIME_MS)) return old;
  const says = `the reaper ends it when it has had no task for ${span(restMs)}`;
  return { repair: { says, until }, late: "the reaper should have ended it by now" };
}

const activityOf = ({ step }: Machine, { pipeline }: AuditedStage) =>
  pipeline.activities.find(({ name }) => name === step);

function costOf(machine: Machine, now: Date, { isBilled, pipeline }: AuditedStage) {
  if (!isBilled || machine.state === "stopped") return { dollarsPerHour: null, dollarsAtMost: null };
  const own = pipeline.activities.find(({ name }) => name === machine.step)?.worker.pricePerHour;
  const price = own ?? listedPrice(machine.instanceType);
  if (price === undefined) return { dollarsPerHour: null, dollarsAtMost: null };
  const hours = Math.max(0, +now - +machine.launchedAt) / 3_600_000;
  return { dollarsPerHour: rounded(price), dollarsAtMost: rounded(hours * price) };
}

const rounded = (dollars: number): number => Math.round(dollars * 10_000) / 10_000;

function endCommand({ instance }: Machine, { region, url }: AuditedStage): string {
  const endpoint = url === undefined ? "" : ` --endpoint-url ${url}`;
  return `aws ec2 terminate-instances --region ${region}${endpoint} --instance-ids ${instance}`;
}
