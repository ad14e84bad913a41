import { USUAL_IDLE_SECONDS } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { type ExecutionParts, executeTask } from "../task/execute-task.ts";
import { type PerformingParts, performTask } from "../task/perform-task.ts";
import { type AfterTaskParts, runAfterTask } from "../task/run-after-task.ts";
import { runTask, type TaskParts } from "../task/run-task.ts";
import type { WorkerOptions, WorkerParts } from "./assemble-parts.ts";
import { type BeginningParts, beginWorker } from "./begin-worker.ts";
import { endWorker } from "./end-worker.ts";
import { recoverRecord } from "./recover-record.ts";
import { type RecoveryParts, recoverTask } from "./recover-task.ts";
import { stayForPeople } from "./stay-for-people.ts";
import { createTaskSource } from "./task-source.ts";
import type { Worker } from "./worker.ts";

const DEFAULT_LIFETIME_SECONDS = 24 * 3600;

/** Hands each step of a worker's life what it works with: nowhere else do all parts meet. */
export function assembleWorker(options: WorkerOptions, parts: WorkerParts): Worker {
  const { environment, identity, clients, clock, diagnostics, owned, stop } = options;
  const { ACTIVITY_NAME: activity, ACTIVITY_ARN: activityArn } = environment.worker;
  const { IDLE_SECONDS, MAX_LIFETIME_SECONDS } = environment.worker;
  const { display } = parts.notices;
  const beginning = beginningOf(options, parts);
  const tasks = tasksOf(options, parts);
  return {
    begin: () => beginWorker(beginning),
    nextTask: createTaskSource({
      sfn: clients.sfn,
      activityArn,
      instanceId: identity.instanceId,
      testOnly: identity.instance === undefined,
      mayAbandonPolls: owned,
      clock,
      diagnostics,
      stop,
    }),
    runTask: (claimed, number) => runTask(tasks, claimed, number),
    stay: (last, count) => stayForPeople({ display, clock, diagnostics, stop }, last, count),
    end: (end) => endWorker({ ...parts, activity, diagnostics }, end),
    limits: {
      idleMs: Number(IDLE_SECONDS ?? USUAL_IDLE_SECONDS) * 1000,
      lifetimeMs: Number(MAX_LIFETIME_SECONDS ?? DEFAULT_LIFETIME_SECONDS) * 1000,
    },
    clock,
    stop,
  };
}

function beginningOf(options: WorkerOptions, parts: WorkerParts): BeginningParts {
  const { environment, stop } = options;
  const { former, scripts, notices } = parts;
  const recovery = recoveryOf(options, parts);
  return {
    activity: environment.worker.ACTIVITY_NAME,
    display: notices.display,
    recoverTask: () => recoverTask(recovery),
    endFormerInit: former.endInit,
    scripts,
    needs: needsOf(options),
    stop,
  };
}

function needsOf({ environment, identity }: WorkerOptions): BeginningParts["needs"] {
  const launchedBy = identity.instance?.launchedBy ?? "";
  if (launchedBy === "fake_ec2" || launchedBy === "skip_ec2") return "dummy script";
  return environment.worker.INIT_URL === undefined ? "scripts" : "init";
}

function recoveryOf({ identity, clock, diagnostics }: WorkerOptions, parts: WorkerParts): RecoveryParts {
  const { machine, former, log, notices, reports, records, stop } = parts;
  const { instanceId, folder } = machine;
  return {
    notices,
    endScript: former.endScript,
    reports,
    // Workers that are no instances keep none.
    keepRecord: async (note, end) => {
      if (identity.instance !== undefined) {
        await recoverRecord({ records, folder, copyLog: former.copyLog, diagnostics }, note, end);
      }
    },
    log,
    instanceId,
    clock,
    diagnostics,
    stop,
  };
}

/** What executes tasks on this machine, whoever gives them. */
export function executionOf(
  { environment, clients, clock, diagnostics }: WorkerOptions,
  { machine, place, scripts, runner, notices: { unfinished } }: WorkerParts,
): ExecutionParts {
  const { STATE_BUCKET, ACTIVITY_NAME } = environment.worker;
  const lease = { s3: clients.s3, bucket: STATE_BUCKET, key: stateKey.exclusiveLease(ACTIVITY_NAME) };
  return { machine, place, scripts, runner, unfinished, lease, clock, diagnostics };
}

function tasksOf(options: WorkerOptions, parts: WorkerParts): TaskParts {
  const { clock, diagnostics } = options;
  const { machine, place, log, scripts, runner, notices, reports, records, stop } = parts;
  const execution = executionOf(options, parts);
  const performing: PerformingParts = {
    execute: (task) => executeTask(execution, task),
    reports,
    records,
    log,
    instanceId: machine.instanceId,
    clock,
    diagnostics,
    stop,
  };
  const afterTask: AfterTaskParts = { scripts, runner, log, clock, diagnostics, stop: stop.signal };
  return {
    perform: (task) => performTask(performing, task),
    runAfterTask: (task) => runAfterTask(afterTask, task),
    reports,
    notices,
    machine,
    place,
    clock,
    diagnostics,
    stop,
  };
}
