import { ErrorName, MusterError, type TaskInput } from "@muster/pipeline";
import { classifyExit, failureOf, type TaskFailure } from "./classify-exit.ts";
import type { FetchedScript } from "./fetch-script.ts";
import { createMask, secretValues } from "./mask-secrets.ts";
import { outOfMemoryKills } from "./out-of-memory.ts";
import type { Outcome } from "./outcome.ts";
import type { ClaimedTask } from "./poll.ts";
import type { ProcessMarks } from "./processes.ts";
import { runScript, type ScriptExit } from "./run-script.ts";
import { scriptEnvironment } from "./script-environment.ts";
import { readScriptResult } from "./script-result.ts";
import type { TaskEnding } from "./task-ending.ts";
import type { Worker } from "./worker.ts";
import type { TaskFolder } from "./worker-folder.ts";

/** A task, as far as running it goes. */
export interface TaskToExecute {
  readonly task: TaskInput;
  readonly claimed: ClaimedTask;
  readonly files: TaskFolder;
  readonly ending: TaskEnding;
}

/** What came of it. */
export interface Execution {
  readonly outcome: Outcome;
  /** Absent when there was nothing to run. */
  readonly script?: FetchedScript;
  readonly env?: Readonly<Record<string, string>>;
  readonly exit?: ScriptExit;
  readonly marks?: ProcessMarks;
}

/** Between TERM and KILL. */
export const GRACE_MS = 10_000;

/** Tasks of these builds run the dummy script, on whatever worker. */
export const isPretended = ({ debug }: TaskInput): boolean => debug === "fake_ec2" || debug === "skip_ec2";

/** Runs a task's script and says how it ended. Never rejects: whatever goes wrong is the task's failure. */
export async function executeTask(worker: Worker, toExecute: TaskToExecute): Promise<Execution> {
  try {
    return await execute(worker, toExecute);
  } catch (error) {
    worker.diagnostics.error("a task could not be run", { task: toExecute.task.name, error });
    const name = error instanceof MusterError ? error.name : ErrorName.scriptUnavailable;
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: failed(worker, toExecute, { error: name, message }) };
  }
}

async function execute(worker: Worker, toExecute: TaskToExecute): Promise<Execution> {
  const { task, files, ending, claimed } = toExecute;
  const { identity, scripts, environment, folder, log, watchdog, clock } = worker;
  const pretended = isPretended(task);
  const init = pretended ? undefined : await scripts.init();
  const script = await (pretended ? scripts.dummy() : scripts.script());
  const env = scriptEnvironment({
    task,
    folder: files,
    instanceId: identity.instanceId,
    scripts: environment.scripts,
    exports: init?.exports ?? {},
    bin: folder.bin,
  });
  // Asked to stop before there was anything to end.
  if (ending.reason !== undefined) return { outcome: failed(worker, toExecute, failureOf(ending.reason)), script, env };

  const silence = task.logIdleSeconds === undefined ? undefined : ending.endWhenSilent(task.logIdleSeconds);
  const killsBefore = await outOfMemoryKills();
  let marks: ProcessMarks | undefined;
  const exit = await runScript({
    file: script.file,
    cwd: files.work,
    env,
    mark: "MUSTER_RESULT",
    pipePath: files.pipe,
    targets: [log],
    mask: createMask([claimed.token, ...secretValues(env)]),
    ...(silence !== undefined && { onOutput: silence.touch }),
    onStart(started) {
      marks = started;
      watchdog.guard(started);
    },
    signal: ending.signal,
    graceMs: GRACE_MS,
    clock,
  });
  watchdog.release();
  if (exit.leftBehind > 0) log.write([`muster: ended ${exit.leftBehind} processes that the script had left behind`]);
  const outOfMemory = killsBefore !== undefined && ((await outOfMemoryKills()) ?? 0) > killsBefore;
  const failure = classifyExit(exit, { reason: ending.reason, outOfMemory });
  const outcome = failure === undefined ? await succeeded(worker, toExecute) : failed(worker, toExecute, failure);
  return { outcome, script, env, exit, ...(marks !== undefined && { marks }) };
}

async function succeeded(worker: Worker, toExecute: TaskToExecute): Promise<Outcome> {
  const { members, problem } = await readScriptResult(toExecute.files.result);
  if (problem !== undefined) worker.log.write([`muster: ${problem}`]);
  return { kind: "success", output: { ...members, ...witness(worker, toExecute) } };
}

function failed(worker: Worker, toExecute: TaskToExecute, { error, exit, message }: TaskFailure): Outcome {
  const { task, ending } = toExecute;
  if (ending.reason?.kind === "cancelled") return { kind: "cancelled", why: ending.reason.why };
  const final = task.debug === "test_build" && error !== ErrorName.workerInterrupted;
  const words = final ? [error, message].filter((part) => part !== undefined).join(": ") : message;
  return {
    kind: "failure",
    error: final ? ErrorName.testBuildNoRetry : error,
    cause: {
      ...witness(worker, toExecute),
      ...(exit !== undefined && { exit }),
      ...(words !== undefined && { message: words }),
    },
  };
}

/** Who processed the task, and how long: whole seconds, as text, as the seed wrote them. */
function witness({ identity, clock }: Worker, { claimed }: TaskToExecute): { ec2: string; time_sec: string } {
  const seconds = Math.round((clock.now() - claimed.claimedAtMs) / 1000);
  return { ec2: identity.instanceId, time_sec: String(Math.max(0, seconds)) };
}
