import { loadEc2 } from "./machine/name-tag.ts";
import { loadObjects as loadObjectsForClaims } from "./report/claim.ts";
import { loadObjects, loadUpload } from "./report/keep-record.ts";
import { loadLease } from "./task/execute-task.ts";

export { runAgent } from "./agent/agent.ts";
export type { WorkerOptions, WorkerParts } from "./agent/assemble-parts.ts";
export { assembleWorker } from "./agent/assemble-worker.ts";
export type { FormerAgent } from "./agent/former-agent.ts";
export { watchForSpotNotice } from "./agent/spot-notice.ts";
export { type StopSwitch, stopSwitch } from "./agent/stop-worker.ts";
export type { AgentEnd } from "./agent/worker.ts";
export type { AwsClients } from "./aws/aws-clients.ts";
export { type Clock, sleep } from "./clock.ts";
export { createDiagnostics, type Diagnostics } from "./diagnostics.ts";
export { cloudWatchSink } from "./log/cloud-watch-sink.ts";
export type { LogEvent } from "./log/log-sink.ts";
export type { LogSpool } from "./log/log-spool.ts";
export { createLogStream } from "./log/log-stream.ts";
export type { WorkerIdentity } from "./machine/instance-identity.ts";
export { nameTag } from "./machine/name-tag.ts";
export type { WorkerMachine } from "./machine/worker-machine.ts";
export { attemptRecords } from "./report/attempt-records.ts";
export { claimRecord } from "./report/claim.ts";
export { type TaskReports, taskReports } from "./report/task-reports.ts";
export type { FetchedScript } from "./script/fetch-script.ts";
export type { ScriptExit } from "./script/run-script.ts";
export type { GuardedRun, ScriptRunner, TaskScript } from "./script/script-runner.ts";
export type { WorkerScripts } from "./script/worker-scripts.ts";
export type { TaskPlace } from "./task/task-place.ts";
export type { UnfinishedTask } from "./task/unfinished-task.ts";

/** Loads what the agent leaves until it is needed: where time is virtual nothing may wait for a disk. */
export async function loadAll(): Promise<void> {
  await Promise.all([loadEc2(), loadObjectsForClaims(), loadObjects(), loadUpload(), loadLease()]);
}
