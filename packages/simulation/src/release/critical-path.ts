import type { SeedRun } from "../run-seed.ts";

/** A stretch of the time that a build took. */
export interface PathPart {
  /** The task; null for the end of the build, when its last task was done. */
  readonly task: string | null;
  /** From when everything before it was done until its last script began: decisions, launches, boots, attempts in vain. */
  readonly waitSeconds: number;
  readonly workSeconds: number;
}

/** Why a build took so long: its last task, and before each the one whose end it waited for. Its parts are the whole time, one after the other. */
export function criticalPath({ builds: [build], recorded }: SeedRun): PathPart[] {
  if (build === undefined) return [];
  const done = recorded.runs.flatMap(({ build: of, task, startedMs, endedMs }) =>
    of === build.executionArn && endedMs !== undefined && endedMs <= build.endedMs
      ? [{ task, startedMs, endedMs }]
      : [],
  );
  const published = (task: string) => build.attempts.find((attempt) => attempt.task === task)?.scheduledMs ?? 0;
  const latestBefore = (ms: number) =>
    done.filter(({ endedMs }) => endedMs <= ms).toSorted((one, other) => other.endedMs - one.endedMs)[0];
  const parts: PathPart[] = [];
  let untilMs = build.endedMs;
  let part = latestBefore(untilMs);
  parts.unshift({
    task: null,
    waitSeconds: (untilMs - (part?.endedMs ?? build.startedMs)) / 1000,
    workSeconds: 0,
  });
  while (part !== undefined) {
    const { task, startedMs, endedMs } = part;
    // A worker that is started ahead is no task: what this one waited for had ended when it was published.
    untilMs = Math.min(startedMs, published(task));
    const before = latestBefore(untilMs);
    const fromMs = before?.endedMs ?? build.startedMs;
    parts.unshift({ task, waitSeconds: (startedMs - fromMs) / 1000, workSeconds: (endedMs - startedMs) / 1000 });
    part = before;
  }
  return parts;
}
