import { type Claim, ErrorName, logMarker, TaskInput } from "@muster/pipeline";
import type { ClaimedTask } from "../agent/poll.ts";
import type { StopReason, Worker } from "../agent/worker.ts";
import { within } from "../clock.ts";
import { removeFolder, taskFolder } from "../machine/worker-folder.ts";
import { type AttemptLog, attemptLog } from "../report/attempt-log.ts";
import { startHeartbeat } from "../report/heartbeat.ts";
import { keepRecord } from "../report/keep-record.ts";
import type { Outcome } from "../report/outcome.ts";
import type { ReportAnswer } from "../report/report.ts";
import { reportOutcome } from "../report/report-outcome.ts";
import { SCRIPT_MARK } from "../script/run-guarded.ts";
import { type Execution, executeTask, type TaskToExecute } from "./execute-task.ts";
import { runAfterTask } from "./run-after-task.ts";
import { type TaskEnding, taskEnding } from "./task-ending.ts";
import type { UnfinishedTask } from "./unfinished-task.ts";

/** What became of a task, for the loop that decides whether to take another. */
export interface TaskEnd {
  readonly name: string;
  readonly failed: boolean;
  /** A failed task whose machine a person wants to look at. */
  readonly keepMachine: boolean;
}

/** A script is ended so long before the state's timeout that there is time to say so. */
const BEFORE_TIMEOUT_MS = 60_000;
/** Of that time this much stays for the report. */
const REPORT_MS = 15_000;
const LONGEST_FLUSH_MS = 60_000;

/** Takes one claimed task to its end: exactly one outcome is reported, unless nobody wants it any more. */
export async function runTask(worker: Worker, claimed: ClaimedTask, number: number): Promise<TaskEnd> {
  const task = parseTask(claimed.input);
  if (task === undefined) {
    const outcome = refusal(worker, "the task's input is not one that Muster makes");
    await reportOutcome(worker, { ...claimed, outcome, untilMs: claimed.claimedAtMs + REPORT_MS });
    return { name: "unknown", failed: true, keepMachine: false };
  }
  const { claims, tag, diagnostics, unfinished, view } = worker;
  claims.write(claimOf(worker, claimed, task));
  tag.show({ state: "active", tasks: number, subject: task.name, tagState: "active", task: task.name });
  diagnostics.info("task taken", { task: task.name, execution: task.execution });

  const files = taskFolder(worker.folder, number, claimed.claimedAtMs);
  const note = unfinishedTask(worker, { claimed, task, files, number });
  const ending = watchForEnd(worker, claimed, task);
  const heartbeat = startHeartbeat({
    ...worker,
    sfn: worker.clients.sfn,
    token: claimed.token,
    heartbeatSeconds: task.heartbeatSeconds,
    onOver: (why) => ending.end({ kind: "cancelled", why }),
  });
  const log = attemptLog(files.log, diagnostics);
  const toExecute = { task, claimed, files, ending, targets: [worker.log, log], note };
  try {
    const { execution, answer } = await executeAndReport(worker, toExecute, log);
    heartbeat.stop();
    // Where nobody took the report and somebody may still wait for it, repair ends the task by its claim when this machine is gone.
    if (answer !== "unreported") claims.clear();
    const failed = execution.outcome.kind === "failure";
    const keepMachine = failed && task.keepFailed === true;
    // Of a failed task a note stays until the worker ends: an agent that is started again must take no other.
    await tidily(worker, "noted", failed ? unfinished.write({ ...note, reported: true }) : unfinished.clear());
    await execution.endRest?.();
    view.prepare();
    await runAfterTask(worker, { task, files, execution, place: markerPlace(claimed, task) });
    if (!keepMachine) await tidily(worker, "removed", removeFolder(files.root));
    view.prepare();
    if (!failed) tag.show({ state: "waiting", tasks: number, subject: task.name, tagState: "idle", task: "" });
    return { name: task.name, failed, keepMachine };
  } finally {
    heartbeat.stop();
    ending.close();
  }
}

/** The task has been reported: what cannot be tidied up after it is told, and changes nothing. */
async function tidily({ diagnostics }: Worker, what: string, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => diagnostics.warn(`what a task left could not be ${what}`, { error }));
}

/** Logs and record are in place before Step Functions goes on; but no longer than the report can wait. */
async function executeAndReport(
  worker: Worker,
  toExecute: TaskToExecute,
  log: AttemptLog,
): Promise<{ execution: Execution; answer: ReportAnswer }> {
  const { clock, identity } = worker;
  const { task, claimed, targets } = toExecute;
  const place = markerPlace(claimed, task);
  const mark = (line: string) => {
    for (const target of targets) target.write([line]);
  };
  mark(logMarker({ kind: "start", ...place, details: `on ${identity.instanceId}` }));
  const execution = await executeTask(worker, toExecute);
  mark(logMarker({ kind: "end", ...place, details: describeOutcome(execution.outcome) }));

  const timeoutMs = claimed.claimedAtMs + task.timeoutSeconds * 1000;
  const mostMs = worker.stop.aborted ? worker.lastWordsMs / 2 : LONGEST_FLUSH_MS;
  const flushMs = Math.max(0, Math.min(mostMs, timeoutMs - REPORT_MS - clock.now()));
  const kept = identity.instance === undefined ? Promise.resolve() : keepRecord(worker, toExecute, { execution, log });
  await Promise.all([worker.log.flush(flushMs), within(clock, flushMs, { work: kept, otherwise: undefined })]);
  const answer = await reportOutcome(worker, { ...claimed, outcome: execution.outcome, untilMs: timeoutMs });
  return { execution, answer };
}

function claimOf({ environment, identity }: Worker, { token, claimedAtMs }: ClaimedTask, task: TaskInput): Claim {
  return {
    token,
    execution: task.execution,
    task: task.name,
    activity: environment.worker.ACTIVITY_NAME,
    instance: identity.instanceId,
    claimedAt: new Date(claimedAtMs).toISOString(),
  };
}

function unfinishedTask(
  { view }: Worker,
  { claimed, task, files, number }: Pick<TaskToExecute, "claimed" | "task" | "files"> & { readonly number: number },
): UnfinishedTask {
  return {
    task,
    number,
    claimedAtMs: claimed.claimedAtMs,
    variable: `${SCRIPT_MARK}=${files.result}`,
    ...(view.hides && { token: claimed.token }),
  };
}

function markerPlace({ claimedAtMs }: ClaimedTask, { name, execution }: TaskInput) {
  return {
    task: name,
    build: execution.slice(execution.lastIndexOf(":") + 1),
    attempt: new Date(claimedAtMs).toISOString(),
  };
}

function parseTask(input: string): TaskInput | undefined {
  try {
    return TaskInput.parse(JSON.parse(input));
  } catch {
    return undefined;
  }
}

function refusal({ identity }: Worker, message: string): Outcome {
  return {
    kind: "failure",
    error: ErrorName.invalidInput,
    cause: { ec2: identity.instanceId, time_sec: "0", message },
  };
}

/** What may end the script from outside: its time limit, and whatever stops the worker. */
function watchForEnd({ clock, stop }: Worker, { claimedAtMs }: ClaimedTask, task: TaskInput): TaskEnding {
  const ending = taskEnding(clock);
  ending.endAt(claimedAtMs + task.timeoutSeconds * 1000 - BEFORE_TIMEOUT_MS, { kind: "timed-out" });
  ending.endOn(stop, () => ({ kind: "interrupted", why: (stop.reason as StopReason).why }));
  return ending;
}

function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case "success":
      return `succeeded after ${outcome.output.time_sec} s`;
    case "failure": {
      const { exit, message, time_sec } = outcome.cause;
      const details = [outcome.error, exit === undefined ? undefined : `exit ${exit}`, message, `after ${time_sec} s`];
      return details.filter((part) => part !== undefined).join(", ");
    }
    case "cancelled":
      return `cancelled: ${outcome.why}`;
  }
}
