import { dirname } from "node:path";
import { ErrorName, MusterError, type TaskInput } from "@muster/pipeline";
import { makerLine } from "@muster/records";
import { type AwsClients, lazily } from "../aws/aws-clients.ts";
import { type Clock, untilAborted } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { createMask, secretValues } from "../log/mask-secrets.ts";
import { tellingLines } from "../log/telling-lines.ts";
import type { TaskFolder } from "../machine/worker-folder.ts";
import type { WorkerMachine } from "../machine/worker-machine.ts";
import type { Usage } from "../process/usage.ts";
import type { AttemptExecution } from "../report/keep-record.ts";
import type { Outcome } from "../report/outcome.ts";
import type { FetchedScript } from "../script/fetch-script.ts";
import { scriptEnvironment } from "../script/script-environment.ts";
import type { LineTarget } from "../script/script-output.ts";
import type { ScriptRunner } from "../script/script-runner.ts";
import { InitFailedError } from "../script/source-init.ts";
import type { WorkerScripts } from "../script/worker-scripts.ts";
import type { ClaimedTask } from "./claimed-task.ts";
import { classifyExit, failureOf, type TaskFailure, tellingLine } from "./classify-exit.ts";
import type { HeldLease } from "./lease.ts";
import type { EndReason, TaskEnding } from "./task-ending.ts";
import type { TaskPlace } from "./task-place.ts";
import type { UnfinishedTask, UnfinishedTaskFile } from "./unfinished-task.ts";

/** What executes a worker's tasks. */
export interface ExecutionParts {
  readonly machine: WorkerMachine;
  readonly place: TaskPlace;
  readonly scripts: WorkerScripts;
  readonly runner: ScriptRunner;
  readonly unfinished: UnfinishedTaskFile;
  readonly lease: ActivityLease;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** Where workers of an exclusive activity agree on which of them works. */
export interface ActivityLease {
  readonly s3: AwsClients["s3"];
  readonly bucket: string;
  readonly key: string;
}

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
export interface Execution extends AttemptExecution {
  /** Ends whatever is left of it, and waits for that. */
  readonly endRest?: () => Promise<void>;
}

export const loadLease = lazily(() => import("./lease.ts"));

/** Tasks of these builds run the dummy script, on whatever worker. */
export const isPretended = ({ debug }: TaskInput): boolean => debug === "fake_ec2" || debug === "skip_ec2";

/** Runs a task's script and says how it ended. Never rejects: whatever goes wrong is the task's failure. */
export async function executeTask(parts: ExecutionParts, toExecute: TaskToExecute): Promise<Execution> {
  try {
    return await prepareAndRun(parts, toExecute);
  } catch (error) {
    parts.diagnostics.error("a task could not be run", { task: toExecute.task.name, error });
    const name = error instanceof MusterError ? error.name : ErrorName.scriptUnavailable;
    const message = error instanceof Error ? error.message : String(error);
    const line = error instanceof InitFailedError ? error.line : undefined;
    return { outcome: failed(parts, toExecute, { error: name, message, line }) };
  }
}

/** What a machine whose disk is full cannot do any more. */
class MachineUnfitError extends MusterError {
  override readonly name = ErrorName.workerInterrupted;
}

/** A folder for the task, and a note for the agent that comes after this one. */
async function makePlace({ place, unfinished }: ExecutionParts, { files, note }: TaskToExecute): Promise<void> {
  await findingRoom(() => Promise.all([place.make(files), unfinished.write(note)]));
}

async function findingRoom(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new MachineUnfitError(`no room for the task: ${error instanceof Error ? error.message : error}`);
  }
}

async function prepareAndRun(parts: ExecutionParts, toExecute: TaskToExecute): Promise<Execution> {
  const { task, files, ending } = toExecute;
  const { machine, place, scripts } = parts;
  await makePlace(parts, toExecute);
  const pretended = isPretended(task);
  const getReady = async () => ({
    init: pretended ? undefined : await scripts.init(),
    script: await (pretended ? scripts.dummy() : scripts.script(task)),
  });
  // Init may take half an hour: whoever ends the task does not wait for that.
  const ready = await untilAborted(ending.signal, getReady()).catch((error: unknown) => {
    if (ending.reason === undefined) throw error;
  });
  if (ready === undefined) return { outcome: failed(parts, toExecute, failureOf(ending.reason as EndReason)) };
  const { init, script } = ready;
  const lease = task.exclusive && !pretended ? await waitForLease(parts, toExecute) : undefined;
  try {
    const env = scriptEnvironment({
      task,
      folder: files,
      machine,
      exports: init?.exports ?? {},
      fencing: lease?.fencing,
    });
    const scriptsUsed = { script, ...(init !== undefined && { init: init.script }) };
    // Asked to end before there was anything to end.
    if (ending.reason !== undefined) {
      return { outcome: failed(parts, toExecute, failureOf(ending.reason)), scripts: scriptsUsed, env };
    }
    // What plays makes nothing.
    const maker = makerLine({ task: task.name, script: script.sha256, env: task.env });
    if (!pretended) await findingRoom(() => place.noteMaker(files, maker));
    return {
      ...(await run(parts, toExecute, { script, env, exclusive: lease !== undefined })),
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
  parts: ExecutionParts,
  toExecute: TaskToExecute,
  { script, env, exclusive }: ScriptWithEnvironment,
): Promise<Pick<Execution, "outcome" | "exit" | "usage" | "endRest">> {
  const { task, files, ending, claimed, targets } = toExecute;
  const silence = task.logIdleSeconds === undefined ? undefined : ending.endWhenSilent(task.logIdleSeconds);
  const { place } = parts;
  const killsBefore = place.outOfMemoryKills();
  const meter = place.startMeter(files, parts.clock);
  const secrets = [claimed.token, ...secretValues(env)];
  const telling = tellingLines({ folders: [files.work, files.tmp, dirname(script.file)], secrets });
  ending.signal.addEventListener("abort", telling.close, { once: true });
  const { exit, endRest } = await parts.runner.run({
    file: script.file,
    cwd: files.work,
    env,
    targets: [...targets, telling],
    mask: createMask(secrets),
    ...(silence !== undefined && { onOutput: silence.touch }),
    onStart: (marks) => meter.watch(marks),
    signal: ending.signal,
  });
  const usage = await meter.finish();
  if (exclusive) await endRest();
  if (exit.leftBehind > 0) say(targets, `ended ${exit.leftBehind} processes that the script had left behind`);
  if (exit.unread) say(targets, "what cannot be found still writes: its output is not read any more");
  const outOfMemory = killsBefore !== undefined && (place.outOfMemoryKills() ?? 0) > killsBefore;
  const reason = exit.asked && ending.reason;
  const failure = classifyExit(exit, { reason, outOfMemory });
  if (failure === undefined) return { outcome: await succeeded(parts, toExecute, usage), exit, usage, endRest };
  const outcome = failed(parts, toExecute, { ...failure, line: tellingLine(telling, reason) });
  return { outcome, exit, usage, endRest };
}

/** A line of the agent's own in a task's log. */
function say(targets: readonly LineTarget[], text: string): void {
  for (const target of targets) target.write([`muster: ${text}`]);
}

async function waitForLease(
  { lease, machine, clock, diagnostics }: ExecutionParts,
  { ending, targets }: TaskToExecute,
): Promise<HeldLease | undefined> {
  const [{ takeLease }, s3] = await Promise.all([loadLease(), lease.s3()]);
  return takeLease({
    s3,
    place: { bucket: lease.bucket, key: lease.key },
    holder: machine.instanceId,
    clock,
    diagnostics,
    onWait: (holder) => say(targets, `waiting for ${holder}, which holds the activity's lease`),
    onLost: () => ending.end({ kind: "lease-lost" }),
    signal: ending.signal,
  });
}

async function succeeded(parts: ExecutionParts, toExecute: TaskToExecute, usage: Usage): Promise<Outcome> {
  const { members, problem } = await parts.place.readResult(toExecute.files);
  if (problem !== undefined) say(toExecute.targets, problem);
  const { cpuSeconds, memoryBytes, diskBytes } = usage;
  const used = {
    cpu_sec: cpuSeconds,
    ...(memoryBytes !== undefined && { memory_mb: megabytes(memoryBytes) }),
    disk_mb: megabytes(diskBytes),
  };
  return { kind: "success", output: { ...members, ...witness(parts, toExecute), ...used } };
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

function failed(parts: ExecutionParts, toExecute: TaskToExecute, failure: TaskFailure): Outcome {
  const { error, exit, message, line } = failure;
  const { task, ending } = toExecute;
  if (ending.reason?.kind === "cancelled") return { kind: "cancelled", why: ending.reason.why };
  const final = task.debug === "test_build" && error !== ErrorName.workerInterrupted;
  const words = final ? [error, message].filter((part) => part !== undefined).join(": ") : message;
  return {
    kind: "failure",
    error: final ? ErrorName.testBuildNoRetry : error,
    cause: {
      ...witness(parts, toExecute),
      ...(exit !== undefined && { exit }),
      ...(words !== undefined && { message: words }),
      ...(line !== undefined && { line }),
    },
  };
}

/** Who processed the task, and how long: whole seconds, as text, as the seed wrote them. */
function witness({ machine, clock }: ExecutionParts, { claimed }: TaskToExecute): { ec2: string; time_sec: string } {
  const seconds = Math.round((clock.now() - claimed.claimedAtMs) / 1000);
  return { ec2: machine.instanceId, time_sec: String(Math.max(0, seconds)) };
}
