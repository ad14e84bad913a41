import { type Claim, ErrorName, logMarker, TaskInput } from "@muster/pipeline";
import { executeTask } from "./execute-task.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Outcome } from "./outcome.ts";
import type { ClaimedTask } from "./poll.ts";
import { killProcesses } from "./processes.ts";
import { report } from "./report.ts";
import { runAfterTask } from "./run-after-task.ts";
import { type TaskEnding, taskEnding } from "./task-ending.ts";
import type { StopReason, Worker } from "./worker.ts";
import { createTaskFolder, removeFolder } from "./worker-folder.ts";

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
    await reportOutcome(
      worker,
      claimed,
      refusal(worker, "the task's input is not one that Muster makes"),
      claimed.claimedAtMs,
    );
    return { name: "unknown", failed: true, keepMachine: false };
  }
  const { identity, environment, clock, claims, tag, log, folder } = worker;
  const claim: Claim = {
    token: claimed.token,
    execution: task.execution,
    task: task.name,
    activity: environment.worker.ACTIVITY_NAME,
    instance: identity.instanceId,
    claimedAt: new Date(claimed.claimedAtMs).toISOString(),
  };
  claims.write(claim);
  tag.show({ state: "active", tasks: number, subject: task.name, tagState: "active", task: task.name });
  worker.diagnostics.info("task taken", { task: task.name, execution: task.execution });

  const ending = watchForEnd(worker, claimed, task);
  const heartbeat = startHeartbeat({
    ...worker,
    sfn: worker.clients.sfn,
    token: claimed.token,
    heartbeatSeconds: task.heartbeatSeconds,
    onOver: (why) => ending.end({ kind: "cancelled", why }),
  });
  const place = { task: task.name, build: buildName(task.execution), attempt: claim.claimedAt };
  log.write([logMarker({ kind: "start", ...place, details: `on ${identity.instanceId}` })]);
  const files = await createTaskFolder(folder, number, claimed.claimedAtMs);
  try {
    const execution = await executeTask(worker, { task, claimed, files, ending });
    const { outcome } = execution;
    log.write([logMarker({ kind: "end", ...place, details: describeOutcome(outcome) })]);
    const timeoutMs = claimed.claimedAtMs + task.timeoutSeconds * 1000;
    await log.flush(Math.max(0, Math.min(LONGEST_FLUSH_MS, timeoutMs - REPORT_MS - clock.now())));
    await reportOutcome(worker, claimed, outcome, timeoutMs);
    heartbeat.stop();
    claims.clear();
    await runAfterTask(worker, { task, files, execution, place });
    const failed = outcome.kind === "failure";
    const keepMachine = failed && task.keepFailed === true;
    if (execution.marks !== undefined) await killProcesses(execution.marks);
    if (!keepMachine) await removeFolder(files.root);
    if (!failed) tag.show({ state: "waiting", tasks: number, subject: task.name, tagState: "idle", task: "" });
    return { name: task.name, failed, keepMachine };
  } finally {
    heartbeat.stop();
    ending.close();
  }
}

function parseTask(input: string): TaskInput | undefined {
  try {
    return TaskInput.parse(JSON.parse(input));
  } catch {
    return undefined;
  }
}

const buildName = (execution: string): string => execution.slice(execution.lastIndexOf(":") + 1);

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

async function reportOutcome(worker: Worker, { token }: ClaimedTask, outcome: Outcome, untilMs: number): Promise<void> {
  const { diagnostics, clock, clients } = worker;
  if (outcome.kind === "cancelled") {
    diagnostics.info("the task is over for Step Functions", { why: outcome.why });
    return;
  }
  const answer = await report(outcome, { sfn: clients.sfn, token, clock, diagnostics, untilMs });
  diagnostics.info("task reported", { outcome: outcome.kind, answer });
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
