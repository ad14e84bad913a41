import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { stageWithWorkers } from "../testing/stage-with-workers.ts";

export type Victim = "agent" | "script" | "both";

export interface KillRound {
  readonly victim: Victim;
  /** Milliseconds after the worker took the task. */
  readonly afterMs: number;
  /** Whether the machine starts a killed agent again. */
  readonly restart: boolean;
  /** How long CloudWatch takes to answer: so long the worker waits with its report when the script has ended. */
  readonly logMs?: number;
}

export interface KillOutcome {
  /** What ended the task. */
  readonly outcome: string;
  /** Terminal events of the task in the execution's history: there must be one. */
  readonly endings: number;
  /** Processes of the script that were still there in the end. */
  readonly survivors: number;
}

/** A script that has children, a daemon and a child that ignores TERM, and works for about half a second. */
const SCRIPT = `
setsid sleep 1000 >/dev/null 2>&1 </dev/null &
(trap '' TERM; sleep 1000) &
for i in 1 2 3 4 5; do echo "step $i"; sleep 0.1; done
`;

const HEARTBEAT_SECONDS = 3;
const PATIENCE_MS = 60_000;

/** Publishes a task to a real worker, kills with SIGKILL, and waits for the task's end. */
export async function killRound({ victim, afterMs, restart, logMs = 0 }: KillRound): Promise<KillOutcome> {
  const stage = await stageWithWorkers();
  try {
    if (logMs > 0) stage.aws.delayCalls({ service: "logs", operation: "PutLogEvents" }, logMs);
    const worker = await stage.startWorker({
      script: SCRIPT,
      owned: !restart,
      tags: restart ? { restart: "yes" } : {},
    });
    const task = await stage.publish({ heartbeatSeconds: HEARTBEAT_SECONDS });
    while (!(await task.history()).includes("ActivityStarted")) await sleep(5);
    await sleep(afterMs);
    const scripts = processesOf(worker.instanceId).filter(({ isScript }) => isScript);
    if (victim !== "script") worker.process.kill("SIGKILL");
    if (victim !== "agent") for (const { pid } of scripts) kill(pid);

    const ending = await patiently(task.ended, undefined);
    const history = await task.history();
    const endings = history.filter((type) => /^Activity(Succeeded|Failed|TimedOut)$/.test(type)).length;
    const survivors = await lastSurvivors(worker.instanceId);
    return { outcome: ending?.error ?? ending?.status ?? "NONE", endings, survivors };
  } finally {
    await stage[Symbol.asyncDispose]();
  }
}

async function patiently<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  const timer = new AbortController();
  const late = sleep(PATIENCE_MS, otherwise, { signal: timer.signal }).catch(() => otherwise);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

/** Those that do not go away. */
async function lastSurvivors(instanceId: string): Promise<number> {
  for (let tries = 0; ; tries++) {
    const left = processesOf(instanceId).filter(({ isScript }) => isScript).length;
    if (left === 0 || tries === 50) return left;
    await sleep(100);
  }
}

interface OwnProcess {
  readonly pid: number;
  readonly isScript: boolean;
}

/** By what they inherited from the worker; the dead have no environment any more. */
function processesOf(instanceId: string): OwnProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const variables = environmentOf(name);
      if (!variables.includes(`MUSTER_INSTANCE=${instanceId}`)) return [];
      return [{ pid: Number(name), isScript: variables.some((variable) => variable.startsWith("MUSTER_RESULT=")) }];
    });
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
