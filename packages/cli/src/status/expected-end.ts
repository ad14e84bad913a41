import { type BuildHistory, isFinished, type Step } from "@muster/history";
import { orderOf, type PlannedTask } from "@muster/lambdas";
import {
  type Activity,
  type Flow,
  type Place,
  precedingOf,
  sharePlace,
  stepsOf,
  USUAL_IDLE_SECONDS,
} from "@muster/pipeline";
import type { Durations } from "../plan/durations.ts";
import { activityOf, limitOf, SOME_SECONDS, timed } from "../plan/estimate-plan.ts";
import { schedule } from "../plan/schedule.ts";
import type { ToCome } from "./status-matrix.ts";

/** What is known beforehand of a build that runs. */
export interface Outlook {
  readonly flow: Flow;
  /** What would run or be skipped, by what was there when it was asked. */
  readonly tasks: readonly PlannedTask[];
  readonly durations: Durations;
  /** Most workers at once that the stage may have; absent where nothing limits them. */
  readonly maxWorkers?: number | undefined;
}

/** When a running build is expected to end, if all goes on well. */
export interface Expected {
  /** From the build's start to its end. */
  readonly seconds: number;
  readonly endsAt: Date;
  /** Tasks of which nobody knows how long they take: it is no less than said, then. */
  readonly tasksOfUnknownTime: number;
}

/** Tasks that the build has not come to and will, by its plan. */
export function tasksToCome(
  { tasks, flow }: Pick<Outlook, "tasks" | "flow">,
  { steps }: Pick<BuildHistory, "steps">,
): ToCome[] {
  return unreached({ tasks, flow }, steps).map(({ step, node }) => ({ step: step.activity, place: node.place }));
}

function unreached({ tasks, flow }: Pick<Outlook, "tasks" | "flow">, steps: readonly Step[]): PlannedTask[] {
  const known = new Set(steps.map(({ key }) => key));
  const failed = steps.filter(({ state }) => state === "failed");
  return tasks.filter(({ step, node }) => {
    if (step.run === false || (step.task !== null && known.has(step.task))) return false;
    return failed.length === 0 || !isBlocked(activityOf({ node }), { place: node.place, failed, flow });
  });
}

/** Whether something has failed without which it does not run. */
function isBlocked(
  { name, runsWhen }: Activity,
  { place, failed, flow }: { place: Place; failed: readonly Step[]; flow: Flow },
): boolean {
  if (runsWhen === "always") return false;
  return (precedingOf(flow, name) ?? []).some(({ part, within }) => {
    if (runsWhen === undefined && part.kind !== "activity" && part.kind !== "approval") return false;
    const names = new Set(stepsOf(part).map((step) => step.name));
    return failed.some((step) => names.has(step.name) && sharePlace(place, step, within));
  });
}

/**
 * When a build that runs will have ended, by how long its tasks usually take: those that run have the rest of that before them, those that wait and those to
 * come all of it. Undefined where nothing is known of any of them, and where it waits for a person.
 */
export function expectedEnd(outlook: Outlook, build: BuildHistory, now: Date): Expected | undefined {
  const open = new Map(build.steps.filter((step) => !isFinished(step)).map((step) => [step.key, step]));
  const asks = [...open.values()].some(({ kind, state }) => kind === "approval" && state === "waiting");
  if (build.startedAt === undefined || asks) return undefined;
  const begun = outlook.tasks.filter(({ step }) => step.task !== null && open.has(step.task));
  const left = [...begun, ...unreached(outlook, build.steps)].map((planned) => ({
    node: planned.node,
    activity: activityOf(planned),
    name: planned.step.task ?? planned.step.activity,
    usual: outlook.durations.of(timed(planned))?.seconds,
    spent: secondsAt(open.get(planned.step.task ?? ""), now),
  }));
  const unknown = left.filter(({ usual }) => usual === undefined).length;
  if (left.length > 0 && unknown === left.length) return undefined;
  const activities = new Map(left.map(({ activity }) => [activity.name, activity]));
  const path = (index: number) => left[index]?.node.path ?? [];
  const { seconds: rest } = schedule(
    left.map(({ activity, name, usual, spent }) => ({
      name,
      activity: activity.name,
      seconds: usual === undefined ? SOME_SECONDS : Math.max(SOME_SECONDS, usual - spent),
    })),
    {
      isBefore: (one, other) => one !== other && orderOf(path(one), path(other)) === "before",
      boot: begun.length > 0 ? 0 : (outlook.durations.boot ?? 0),
      idle: USUAL_IDLE_SECONDS,
      maxWorkersOf: (name) => limitOf(activities.get(name)),
      maxWorkers: outlook.maxWorkers ?? Number.POSITIVE_INFINITY,
    },
  );
  const endsAt = new Date(now.getTime() + rest * 1000);
  return { seconds: (endsAt.getTime() - build.startedAt.getTime()) / 1000, endsAt, tasksOfUnknownTime: unknown };
}

/** For how long a worker has had it. */
function secondsAt(step: Step | undefined, now: Date): number {
  const since = step?.state === "running" ? step.attempts.at(-1)?.startedAt : undefined;
  return since === undefined ? 0 : Math.max(0, now.getTime() - since.getTime()) / 1000;
}
