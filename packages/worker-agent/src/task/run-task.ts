import { ErrorName, TaskInput } from "@muster/pipeline";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { taskFolder } from "../machine/worker-folder.ts";
import type { WorkerMachine } from "../machine/worker-machine.ts";
import type { TaskReports } from "../report/task-reports.ts";
import { SCRIPT_MARK } from "../script/script-runner.ts";
import type { StopReason, WorkerStop } from "../worker-stop.ts";
import type { ClaimedTask } from "./claimed-task.ts";
import { markerPlace } from "./marker-place.ts";
import type { Notices } from "./notices.ts";
import { type Performance, REPORT_MS, type TaskToPerform } from "./perform-task.ts";
import type { FinishedTask } from "./run-after-task.ts";
import { type TaskEnding, taskEnding } from "./task-ending.ts";
import type { TaskPlace } from "./task-place.ts";

/** What runs a worker's tasks. */
export interface TaskParts {
  readonly perform: (task: TaskToPerform) => Promise<Performance>;
  readonly runAfterTask: (task: FinishedTask) => Promise<void>;
  readonly reports: TaskReports;
  readonly notices: Notices;
  readonly machine: WorkerMachine;
  readonly place: TaskPlace;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly stop: WorkerStop;
}

/** What became of a task, for the loop that decides whether to take another. */
export interface TaskEnd {
  readonly name: string;
  readonly failed: boolean;
  /** A failed task whose machine a person wants to look at. */
  readonly keepMachine: boolean;
}

/** A script is ended so long before the state's timeout that there is time to say so. */
const BEFORE_TIMEOUT_MS = 60_000;

/**
 * Takes one claimed task to its end: exactly one outcome is reported, unless nobody wants it any more.
 * @param number of the task on this worker, from 1
 */
export async function runTask(parts: TaskParts, claimed: ClaimedTask, number: number): Promise<TaskEnd> {
  const task = parseTask(claimed.input);
  if (task === undefined) return refuse(parts, claimed);
  const { reports, machine, diagnostics } = parts;
  announce(parts, { task, claimed, number });
  diagnostics.info("task taken", { task: task.name, execution: task.execution });

  const { token, claimedAtMs } = claimed;
  const files = taskFolder(machine.folder, number, claimedAtMs);
  const note = { task, number, claimedAtMs, variable: `${SCRIPT_MARK}=${files.result}`, token };
  const ending = watchForEnd(parts, claimed, task);
  const heartbeat = reports.startHeartbeat({
    token,
    heartbeatSeconds: task.heartbeatSeconds,
    onOver: (why) => ending.end({ kind: "cancelled", why }),
  });
  try {
    const performance = await parts.perform({ task, claimed, files, ending, note });
    heartbeat.stop();
    return await tidyUp(parts, { task, claimed, files, note, number }, performance);
  } finally {
    heartbeat.stop();
    ending.close();
  }
}

/** For repair and people. */
function announce(
  { notices }: TaskParts,
  { task, claimed, number }: { task: TaskInput; claimed: ClaimedTask; number: number },
): void {
  notices.claims.write({
    token: claimed.token,
    execution: task.execution,
    task: task.name,
    claimedAt: new Date(claimed.claimedAtMs).toISOString(),
  });
  const tasks = { tasks: number, subject: task.name };
  notices.display.show({ ...tasks, state: "active", tagState: "active", task: task.name });
}

/** The task has been reported: what follows changes nothing about it. */
async function tidyUp(
  { notices, runAfterTask, place, diagnostics }: TaskParts,
  { task, claimed, files, note, number }: Omit<TaskToPerform, "ending"> & { readonly number: number },
  { execution, answer }: Performance,
): Promise<TaskEnd> {
  const { claims, unfinished, display } = notices;
  const tidily = (what: string, work: Promise<void>) =>
    work.catch((error: unknown) => diagnostics.warn(`what a task left could not be ${what}`, { error }));
  // Where nobody took the report and somebody may still wait for it, repair ends the task by its claim when this machine is gone.
  if (answer !== "unreported") claims.clear();
  const failed = execution.outcome.kind === "failure";
  const keepMachine = failed && task.keepFailed === true;
  // Of a failed task a note stays until the worker ends: an agent that is started again must take no other.
  await tidily("noted", failed ? unfinished.write({ ...note, reported: true }) : unfinished.clear());
  await execution.endRest?.();
  await runAfterTask({ task, files, execution, place: markerPlace(task, claimed.claimedAtMs) });
  if (!keepMachine) await tidily("removed", place.remove(files));
  if (!failed) display.show({ state: "waiting", tasks: number, subject: task.name, tagState: "idle", task: "" });
  return { name: task.name, failed, keepMachine };
}

function parseTask(input: string): TaskInput | undefined {
  try {
    return TaskInput.parse(JSON.parse(input));
  } catch {
    return undefined;
  }
}

async function refuse({ reports, machine }: TaskParts, { token, claimedAtMs }: ClaimedTask): Promise<TaskEnd> {
  const message = "the task's input is not one that Muster makes";
  const cause = { ec2: machine.instanceId, time_sec: "0", message };
  const outcome = { kind: "failure", error: ErrorName.invalidInput, cause } as const;
  await reports.report({ token, outcome, untilMs: claimedAtMs + REPORT_MS });
  return { name: "unknown", failed: true, keepMachine: false };
}

/** What may end the script from outside: its time limit, and whatever stops the worker. */
export function watchForEnd(
  { clock, stop }: Pick<TaskParts, "clock" | "stop">,
  { claimedAtMs }: ClaimedTask,
  task: TaskInput,
): TaskEnding {
  const { signal } = stop;
  const ending = taskEnding(clock);
  ending.endAt(claimedAtMs + task.timeoutSeconds * 1000 - BEFORE_TIMEOUT_MS, { kind: "timed-out" });
  ending.endOn(signal, () => ({ kind: "interrupted", why: (signal.reason as StopReason).why }));
  return ending;
}
