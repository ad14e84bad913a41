import { ErrorName, MusterError, stateKey, type TaskInput } from "@muster/pipeline";
import type { ClaimedTask } from "../agent/poll.ts";
import type { Worker } from "../agent/worker.ts";
import { untilAborted } from "../clock.ts";
import { createMask, secretValues } from "../log/mask-secrets.ts";
import { createTaskFolder, type TaskFolder } from "../machine/worker-folder.ts";
import { outOfMemoryKills } from "../process/process-table.ts";
import { startUsageMeter, type Usage } from "../process/usage.ts";
import type { Outcome } from "../report/outcome.ts";
import type { FetchedScript } from "../script/fetch-script.ts";
import { runGuarded } from "../script/run-guarded.ts";
import type { ScriptExit } from "../script/run-script.ts";
import { scriptEnvironment } from "../script/script-environment.ts";
import type { LineTarget } from "../script/script-output.ts";
import { classifyExit, failureOf, type TaskFailure } from "./classify-exit.ts";
import type { HeldLease } from "./lease.ts";
import { readScriptResult } from "./script-result.ts";
import type { EndReason, TaskEnding } from "./task-ending.ts";
import type { UnfinishedTask } from "./unfinished-task.ts";

/** A task, as far as running it goes. */
export interface TaskToExecute {
  readonly task: TaskInput;
  readonly claimed: ClaimedTask;
  readonly files: TaskFolder;
  readonly ending: TaskEnding;
  /** Where its log goes. */
  readonly targets: readonly LineTarget[];
  /** Written down before anything of it runs. */
  readonly note: UnfinishedTask;
}

/** What came of it. */
export interface Execution {
  readonly outcome: Outcome;
  /** What was there to run, as far as it could be had. */
  readonly scripts?: { readonly script: FetchedScript; readonly init?: FetchedScript };
  readonly env?: Readonly<Record<string, string>>;
  /** Absent when nothing ran. */
  readonly exit?: ScriptExit;
  readonly usage?: Usage;
  /** Ends whatever is left of it, and waits for that. */
  readonly endRest?: () => Promise<void>;
}

/** Tasks of these builds run the dummy script, on whatever worker. */
export const isPretended = ({ debug }: TaskInput): boolean => debug === "fake_ec2" || debug === "skip_ec2";

/** Runs a task's script and says how it ended. Never rejects: whatever goes wrong is the task's failure. */
export async function executeTask(worker: Worker, toExecute: TaskToExecute): Promise<Execution> {
  try {
    return await prepareAndRun(worker, toExecute);
  } catch (error) {
    worker.diagnostics.error("a task could not be run", { task: toExecute.task.name, error });
    const name = error instanceof MusterError ? error.name : ErrorName.scriptUnavailable;
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: failed(worker, toExecute, { error: name, message }) };
  }
}

/** What a machine whose disk is full cannot do any more. */
class MachineUnfitError extends MusterError {
  override readonly name = ErrorName.workerInterrupted;
}

/** A folder for the task, and a note for the agent that comes after this one. */
async function makePlace({ unfinished }: Worker, { files, note }: TaskToExecute): Promise<void> {
  try {
    await Promise.all([createTaskFolder(files), unfinished.write(note)]);
  } catch (error) {
    throw new MachineUnfitError(`no room for the task: ${error instanceof Error ? error.message : error}`);
  }
}

async function prepareAndRun(worker: Worker, toExecute: TaskToExecute): Promise<Execution> {
  const { task, files, ending } = toExecute;
  const { identity, scripts, environment, folder } = worker;
  await makePlace(worker, toExecute);
  const pretended = isPretended(task);
  const getReady = async () => ({
    init: pretended ? undefined : await scripts.init(),
    script: await (pretended ? scripts.dummy() : scripts.script(task)),
  });
  // Init may take half an hour: whoever ends the task does not wait for that.
  const ready = await untilAborted(ending.signal, getReady()).catch((error: unknown) => {
    if (ending.reason === undefined) throw error;
  });
  if (ready === undefined) return { outcome: failed(worker, toExecute, failureOf(ending.reason as EndReason)) };
  const { init, script } = ready;
  const lease = task.exclusive && !pretended ? await waitForLease(worker, toExecute) : undefined;
  try {
    const env = scriptEnvironment({
      task,
      folder: files,
      instanceId: identity.instanceId,
      scripts: environment.scripts,
      exports: init?.exports ?? {},
      bin: folder.bin,
      fencing: lease?.fencing,
    });
    const scriptsUsed = { script, ...(init !== undefined && { init: init.script }) };
    // Asked to end before there was anything to end.
    if (ending.reason !== undefined) {
      return { outcome: failed(worker, toExecute, failureOf(ending.reason)), scripts: scriptsUsed, env };
    }
    return {
      ...(await run(worker, toExecute, { script, env, exclusive: lease !== undefined })),
      scripts: scriptsUsed,
      env,
    };
  } finally {
    await lease?.release();
  }
}

interface ScriptWithEnvironment {
  readonly script: FetchedScript;
  readonly env: Readonly<Record<string, string>>;
  /** Nothing of it may be left when it is over. */
  readonly exclusive: boolean;
}

async function run(
  worker: Worker,
  toExecute: TaskToExecute,
  { script, env, exclusive }: ScriptWithEnvironment,
): Promise<Pick<Execution, "outcome" | "exit" | "usage" | "endRest">> {
  const { task, files, ending, claimed, targets } = toExecute;
  const { clock } = worker;
  const silence = task.logIdleSeconds === undefined ? undefined : ending.endWhenSilent(task.logIdleSeconds);
  const killsBefore = outOfMemoryKills();
  const meter = startUsageMeter(files.work, clock);
  const { exit, endRest } = await runGuarded(worker, {
    file: script.file,
    cwd: files.work,
    env,
    targets,
    mask: createMask([claimed.token, ...secretValues(env)]),
    ...(silence !== undefined && { onOutput: silence.touch }),
    onStart: (marks) => meter.watch(marks),
    signal: ending.signal,
  });
  const usage = await meter.finish();
  if (exclusive) await endRest();
  if (exit.leftBehind > 0) say(targets, `ended ${exit.leftBehind} processes that the script had left behind`);
  if (exit.unread) say(targets, "what cannot be found still writes: its output is not read any more");
  const outOfMemory = killsBefore !== undefined && (outOfMemoryKills() ?? 0) > killsBefore;
  const failure = classifyExit(exit, { reason: exit.asked && ending.reason, outOfMemory });
  const outcome =
    failure === undefined ? await succeeded(worker, toExecute, usage) : failed(worker, toExecute, failure);
  return { outcome, exit, usage, endRest };
}

/** A line of the agent's own in a task's log. */
function say(targets: readonly LineTarget[], text: string): void {
  for (const target of targets) target.write([`muster: ${text}`]);
}

async function waitForLease(worker: Worker, { ending, targets }: TaskToExecute): Promise<HeldLease | undefined> {
  const { clients, environment, identity, clock, diagnostics } = worker;
  const [{ takeLease }, s3] = await Promise.all([import("./lease.ts"), clients.s3()]);
  return takeLease({
    s3,
    place: {
      bucket: environment.worker.STATE_BUCKET,
      key: stateKey.exclusiveLease(environment.worker.ACTIVITY_NAME),
    },
    holder: identity.instanceId,
    clock,
    diagnostics,
    onWait: (holder) => say(targets, `waiting for ${holder}, which holds the activity's lease`),
    onLost: () => ending.end({ kind: "lease-lost" }),
    signal: ending.signal,
  });
}

async function succeeded(worker: Worker, toExecute: TaskToExecute, usage: Usage): Promise<Outcome> {
  const { members, problem } = await readScriptResult(toExecute.files.result);
  if (problem !== undefined) say(toExecute.targets, problem);
  const { cpuSeconds, memoryBytes, diskBytes } = usage;
  const used = {
    cpu_sec: cpuSeconds,
    ...(memoryBytes !== undefined && { memory_mb: megabytes(memoryBytes) }),
    disk_mb: megabytes(diskBytes),
  };
  return { kind: "success", output: { ...members, ...witness(worker, toExecute), ...used } };
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

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
