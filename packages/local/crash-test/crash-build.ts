import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** How a build ended, and what ran meanwhile. */
export interface BuildReport {
  readonly status: string;
  readonly output: string;
  readonly events: readonly HistoryEvent[];
  /** Lines `run <task>`, `prepare <version>` and `damaged …`, over all processes. */
  readonly log: readonly string[];
  /** Kills that met the build's process alive. */
  readonly kills: number;
}

interface HistoryEvent {
  readonly id: number;
  readonly type: string;
  readonly previousEventId: number;
  readonly timestamp: string;
  readonly activityScheduledEventDetails?: { readonly input: string };
}

const SCRIPT = fileURLToPath(new URL("build-process.ts", import.meta.url));

/** Runs the build in a folder of its own, killing its process once after each of `killsAfterMs`, counted from the start of its work. */
export async function crashBuild(killsAfterMs: readonly number[]): Promise<BuildReport> {
  const dir = mkdtempSync(join(tmpdir(), "muster-crash-"));
  try {
    let kills = 0;
    for (const afterMs of killsAfterMs) {
      const child = await startBuild(dir);
      await Promise.race([sleep(afterMs), once(child, "exit")]);
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      if (child.signalCode === "SIGKILL") kills++;
    }
    const last = await startBuild(dir);
    if (last.exitCode === null) await once(last, "exit");
    const ended = JSON.parse(readFileSync(join(dir, "ended.json"), "utf8"));
    return { ...ended, log: readFileSync(join(dir, "ran.log"), "utf8").trimEnd().split("\n"), kills };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Resolves once the build's execution has been started or gone on with. */
async function startBuild(dir: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [SCRIPT, dir], { stdio: ["ignore", "pipe", "inherit"] });
  const failed = once(child, "exit").then(([code]) => {
    if (code !== 0) throw new Error(`the build's process ended with ${code}`);
  });
  await Promise.race([once(child.stdout, "data"), failed]);
  failed.catch(() => undefined);
  return child;
}

/** How long the work of an undisturbed build takes. */
export function workMs({ events }: BuildReport): number {
  const times = events.map(({ timestamp }) => Date.parse(timestamp));
  return (times.at(-1) ?? 0) - (times[0] ?? 0);
}

/** What is wrong with a disturbed build, compared with an undisturbed one; empty when nothing is. */
export function differences(report: BuildReport, undisturbed: BuildReport): string[] {
  const wrong: string[] = [];
  if (report.status !== "SUCCEEDED" || report.output !== undisturbed.output) {
    wrong.push(`it ended as ${report.status} with ${report.output}`);
  }
  wrong.push(...report.log.filter((line) => line.startsWith("damaged")));
  for (const [task, attempts] of attemptsByTask(report.events)) {
    const runs = report.log.filter((line) => line === `run ${task}`).length;
    const succeeded = attempts.filter(({ ending }) => ending === "ActivitySucceeded").length;
    const claimed = attempts.filter((attempt) => attempt.claimed).length;
    if (succeeded !== 1) wrong.push(`${task} succeeded ${succeeded} times`);
    // An attempt that did not succeed was in a worker's hands when its process was killed: nothing else ends one here.
    if (attempts.length !== claimed)
      wrong.push(`${task} was scheduled ${attempts.length} times and claimed ${claimed} times`);
    if (runs < 1 || runs > claimed) wrong.push(`${task} ran ${runs} times for ${claimed} claims`);
  }
  for (const version of ["1.0", "2.0", "3.0"]) {
    if (!report.log.includes(`prepare ${version}`)) wrong.push(`${version} was never prepared`);
  }
  const prepared = report.events.filter(({ type }) => type === "LambdaFunctionSucceeded").length;
  if (prepared !== 3) wrong.push(`${prepared} calls of prepare succeeded`);
  return wrong;
}

interface Attempt {
  readonly claimed: boolean;
  readonly ending: string | undefined;
}

function attemptsByTask(events: readonly HistoryEvent[]): Map<string, Attempt[]> {
  const after = new Map(events.map((event) => [event.previousEventId, event]));
  const tasks = new Map<string, Attempt[]>();
  for (const event of events) {
    if (event.activityScheduledEventDetails === undefined) continue;
    const { task } = JSON.parse(event.activityScheduledEventDetails.input) as { task: string };
    const next = after.get(event.id);
    const claimed = next?.type === "ActivityStarted";
    const ending = claimed ? after.get(next.id)?.type : next?.type;
    tasks.set(task, [...(tasks.get(task) ?? []), { claimed, ending }]);
  }
  return tasks;
}
