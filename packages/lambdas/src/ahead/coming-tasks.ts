import type { Activity } from "@muster/pipeline";
import type { TaskOfBuild } from "../builds/tasks-of-history.ts";
import type { Durations } from "../durations/read-durations.ts";
import { orderOf, type Path, type PlanNode, type TaskNode } from "../planning/plan-nodes.ts";

/** A task that a running build will come to. */
export interface ComingTask {
  readonly node: TaskNode;
  /** When all that comes before it is expected to have ended. */
  readonly expectedAt: Date;
}

export interface Course {
  /** All that the build comes to, in the order of its flow. */
  readonly nodes: readonly PlanNode[];
  /** What its history tells of a task that it has come to. */
  readonly published: (node: TaskNode) => TaskOfBuild | undefined;
  /** Whether a task that it has not come to would run; undefined where nobody can say. */
  readonly wouldRun: (node: TaskNode) => boolean | undefined;
  readonly durations: Durations;
  readonly now: Date;
}

/** How far something is that a build comes to. */
interface Stand {
  readonly path: Path;
  /** In milliseconds; infinite where nobody can say. */
  readonly endMs: number;
  readonly isOver: boolean;
  readonly hasFailed: boolean;
}

/** It ends when a person has spoken, or what it follows is not known. */
const unforeseen = { endMs: Number.POSITIVE_INFINITY, isOver: false, hasFailed: false } as const;

/**
 * The tasks that will surely run, as far as anybody can say now, and of which it is known when; those that it is the turn of are not among them. Nothing is said of
 * what may be skipped, of what has a failure before it that may skip it, and of what waits for a person.
 */
export function comingTasks(course: Course): ComingTask[] {
  const { nodes, published, wouldRun, durations, now } = course;
  const begun = nodes.filter((node) => node.kind === "task" && published(node) !== undefined);
  const isPassed = ({ path }: PlanNode) => begun.some((node) => orderOf(path, node.path) === "before");
  const stands: Stand[] = [];
  const coming: ComingTask[] = [];
  for (const node of nodes) {
    const { path } = node;
    const before = stands.filter((stand) => orderOf(stand.path, path) === "before");
    const isReady = before.every(({ isOver }) => isOver);
    const readyMs = Math.max(now.getTime(), ...before.map(({ endMs }) => endMs));
    const skipped = { path, endMs: readyMs, isOver: isReady, hasFailed: false };
    if (node.kind !== "task") {
      stands.push(node.kind === "approval" && isPassed(node) ? skipped : { path, ...unforeseen });
      continue;
    }
    const { activity } = node.task;
    const seconds = durations.of(activity, node.place) ?? Number.POSITIVE_INFINITY;
    const task = published(node);
    const runs = maySkip({ path, activity }, before) ? undefined : wouldRun(node);
    if (task !== undefined) stands.push({ path, ...standOf(task, { seconds, boot: durations.boot, now }) });
    else if (runs === undefined) stands.push({ path, ...unforeseen });
    else if (!runs) stands.push(skipped);
    else stands.push({ path, endMs: readyMs + seconds * 1000, isOver: false, hasFailed: false });
    const isComing = task === undefined && runs === true && !isReady && Number.isFinite(readyMs);
    if (isComing) coming.push({ node, expectedAt: new Date(readyMs) });
  }
  return coming;
}

/** Of a task that the build has come to. */
function standOf(
  { state, startedAt, scheduledAt, failedAt, lastEnded }: TaskOfBuild,
  { seconds, boot, now }: { readonly seconds: number; readonly boot: number; readonly now: Date },
): Omit<Stand, "path"> {
  if (state === "ended") {
    const hasFailed = failedAt !== undefined && (lastEnded === undefined || failedAt >= lastEnded);
    return { endMs: now.getTime(), isOver: true, hasFailed };
  }
  const bootedMs = Math.max(now.getTime(), scheduledAt.getTime() + boot * 1000);
  const startMs = state === "running" && startedAt !== undefined ? startedAt.getTime() : bootedMs;
  return { endMs: Math.max(now.getTime(), startMs + seconds * 1000), isOver: false, hasFailed: false };
}

/** Whether a failure before a step may have it skipped: one in its own branch, or any where it wants the success of all. */
function maySkip(
  { path, activity: { runsWhen } }: { readonly path: Path; readonly activity: Pick<Activity, "runsWhen"> },
  before: readonly Stand[],
): boolean {
  if (runsWhen === "always") return false;
  const isOwnBranch = (other: Path) => other.slice(0, -1).every((position, index) => position === path[index]);
  return before.some((stand) => stand.hasFailed && (runsWhen === "predecessors-succeeded" || isOwnBranch(stand.path)));
}
