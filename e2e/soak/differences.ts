import { isDeepStrictEqual } from "node:util";
import type { AttemptStatus, CrashedBuild } from "./crash-build.ts";

/** Longer than this after its last start a build has waited for something that it should not have. */
const MOST_MS = 90_000;

/** What is wrong with a disturbed build, compared with an undisturbed one; empty when nothing is. */
export function differences(build: CrashedBuild, undisturbed: CrashedBuild): string[] {
  const wrong = [...build.wrong];
  const { status, builds, lastMs, left } = build;
  if (status.state !== "succeeded") wrong.push(`it is ${status.state}`);
  if (builds.length !== 1)
    wrong.push(`there are ${builds.length} builds: ${builds.map(({ name }) => name).join(", ")}`);
  if (!isDeepStrictEqual(lasting(build.results), lasting(undisturbed.results))) {
    wrong.push(`its results are ${JSON.stringify(lasting(build.results))}`);
  }
  if (lastMs > MOST_MS) wrong.push(`it took ${Math.round(lastMs / 1000)} s after its last start`);
  for (const [what, names] of Object.entries(left)) {
    if (names.length > 0) wrong.push(`${what} left: ${names.join(", ")}`);
  }
  const tasks = status.steps.filter(({ kind }) => kind === "activity");
  const known = undisturbed.status.steps.filter(({ kind }) => kind === "activity").map(({ key }) => key);
  if (!isDeepStrictEqual(tasks.map(({ key }) => key).sort(), known.sort())) wrong.push("its tasks are others");
  for (const { key, attempts } of tasks) wrong.push(...wrongAttempts(key, attempts, build));
  return wrong;
}

/** A script runs once for each attempt; there is a further attempt only where a kill met the task in a worker's hands. */
function wrongAttempts(task: string, attempts: readonly AttemptStatus[], { ran, killedAt }: CrashedBuild): string[] {
  const wrong: string[] = [];
  const lines = (word: string, instance = "") =>
    ran.filter((line) => line.startsWith(`${word} ${task} ${instance}`)).length;
  const last = attempts.at(-1);
  if (last?.error !== undefined || last?.instance === undefined) wrong.push(`${task} did not succeed`);
  if (lines("begin", last?.instance) < 1) wrong.push(`${task} succeeded without having run`);
  for (const { startedAt, endedAt, instance, error } of attempts.slice(0, -1)) {
    const [from, to] = [startedAt, endedAt].map((time) => Date.parse(time ?? ""));
    const met = killedAt.some((killed) => killed >= (from ?? Number.NaN) && killed <= (to ?? Number.NaN));
    if (error !== "Muster.WorkerInterrupted" || !met) {
      wrong.push(`${task} on ${instance} from ${startedAt} to ${endedAt} ended as ${error}, which no kill explains`);
    }
  }
  const begun = lines("begin");
  if (begun > attempts.length) wrong.push(`${task} ran ${begun} times in ${attempts.length} attempts`);
  return wrong;
}

/** Results without what differs from run to run. */
function lasting(results: unknown): unknown {
  const fleeting = new Set(["ec2", "time_sec", "cpu_sec", "memory_mb", "disk_mb"]);
  return JSON.parse(JSON.stringify(results, (key, value) => (fleeting.has(key) ? undefined : value)));
}
