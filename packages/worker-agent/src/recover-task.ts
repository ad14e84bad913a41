import { ErrorName, logMarker } from "@muster/pipeline";
import { killProcesses, NO_GROUP } from "./processes.ts";
import { report } from "./report.ts";
import type { Worker } from "./worker.ts";

const REPORT_MS = 300_000;

/**
 * Ends what an agent that died here has left: its script's processes, and its task, which is reported as interrupted.
 * False when there was nothing. A worker that has recovered a task takes no other: why it died is not known.
 */
export async function recoverTask(worker: Worker): Promise<boolean> {
  const { unfinished, clock, diagnostics, identity, clients, claims, log, stop } = worker;
  const task = await unfinished.read();
  if (task === undefined) return false;
  await killProcesses({ group: NO_GROUP, variable: task.variable });
  if (task.reported) {
    diagnostics.warn("this agent was started again after it died behind a failed task", { task: task.task });
    return true;
  }
  diagnostics.warn("this agent was started again after it died in a task", { task: task.task });
  const seconds = Math.max(0, Math.round((clock.now() - task.claimedAtMs) / 1000));
  const cause = { ec2: identity.instanceId, time_sec: String(seconds), message: "the worker's agent died" };
  log.write([
    "muster: the worker's agent died: what was printed just before may be missing here",
    logMarker({
      kind: "end",
      task: task.task,
      build: task.execution.slice(task.execution.lastIndexOf(":") + 1),
      attempt: new Date(task.claimedAtMs).toISOString(),
      details: `${ErrorName.workerInterrupted}, ${cause.message}, after ${seconds} s`,
    }),
  ]);
  if (task.token !== undefined) {
    const outcome = { kind: "failure", error: ErrorName.workerInterrupted, cause } as const;
    const untilMs = clock.now() + REPORT_MS;
    const answer = await report(outcome, {
      sfn: clients.sfn,
      token: task.token,
      clock,
      diagnostics,
      untilMs,
      signal: stop,
    });
    // Where nothing was reported, or there is no token, the claim stays: by it, repair ends the task when this machine is gone.
    if (answer !== "unreported") claims.clear();
  }
  return true;
}
