import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { TaskInput } from "@muster/pipeline";
import { createClients } from "../aws/aws-clients.ts";
import { realClock } from "../clock.ts";
import { createDiagnostics } from "../diagnostics.ts";
import { type AgentEnvironment, readEnvironment } from "../env.ts";
import { createTaskFolder, type TaskFolder } from "../machine/worker-folder.ts";
import type { Outcome } from "../report/outcome.ts";
import { MAKER_FILE, UPLOADS_FILE } from "../s3/env.ts";
import { scriptEnvironment } from "../script/script-environment.ts";
import type { LineTarget } from "../script/script-output.ts";
import { SCRIPT_MARK } from "../script/script-runner.ts";
import { executeTask } from "../task/execute-task.ts";
import { markerPlace } from "../task/marker-place.ts";
import { runAfterTask } from "../task/run-after-task.ts";
import { watchForEnd } from "../task/run-task.ts";
import { assembleParts, type WorkerOptions, type WorkerParts } from "./assemble-parts.ts";
import { executionOf } from "./assemble-worker.ts";
import { stopOnSignals, stopSwitch, watchOwner } from "./stop-worker.ts";

export interface SingleTaskOptions {
  /** Of the agent itself: scripts call it as `muster-s3`. */
  readonly program: string;
  /** The task's input, JSON. */
  readonly file: string;
  /** Where the task has its things: `work`, `tmp`, `result.json`, and `outcome.json` when it has ended. */
  readonly folder: string;
  /** A shell for a person, in place of the script. */
  readonly shell: boolean;
}

/** The name of a worker that no queue knows; it holds the lease of an exclusive activity by it. */
const NAME = "this-machine";
const FLUSH_MS = 5000;

/**
 * Runs one task as a worker would, without a queue to take it from or to report to: what its script prints goes to standard output, how it ended
 * into `outcome.json`.
 * @returns the script's exit code; 128 and the signal's number when one ended it, 1 when it did not come to run
 */
export async function runSingleTask({ program, file, folder, shell }: SingleTaskOptions): Promise<number> {
  const environment = readEnvironment();
  const task = TaskInput.parse(JSON.parse(await readFile(file, "utf8")));
  const diagnostics = createDiagnostics((line) => process.stderr.write(`${line}\n`));
  const clients = createClients({
    region: environment.worker.AWS_REGION,
    forcePathStyle: environment.hasOneEndpoint,
  });
  const stop = stopSwitch();
  stopOnSignals(stop);
  if (!shell) watchOwner(stop);
  const worker: WorkerOptions = {
    environment,
    identity: { instanceId: NAME },
    clients,
    clock: realClock,
    diagnostics,
    root: join(folder, "worker"),
    program,
    sink: async (events) => {
      printed.write(events.map(({ message }) => message));
      return [];
    },
    owned: true,
    stop: stop.signal,
  };
  const parts = await assembleParts(worker);
  const files = filesIn(folder);
  try {
    // Its lines come before the script's; why it failed is told by whoever asks for it again.
    await parts.scripts.init().catch(() => undefined);
    await parts.log.flush(FLUSH_MS);
    if (shell) return await openShell({ task, files, environment }, parts);
    const outcome = await execute({ task, files }, worker, parts);
    return exitCodeOf(outcome);
  } finally {
    await parts.scripts.cleanup();
    await parts.runner.close();
    await parts.log.flush(FLUSH_MS);
    clients.destroy();
  }
}

const filesIn = (root: string): TaskFolder => ({
  root,
  work: join(root, "work"),
  tmp: join(root, "tmp"),
  result: join(root, "result.json"),
  uploads: join(root, UPLOADS_FILE),
  maker: join(root, MAKER_FILE),
  log: join(root, "log.gz"),
});

/** Standard output, no faster than its reader takes it. */
const printed: LineTarget = {
  write: (lines) => void process.stdout.write(lines.map((line) => `${line}\n`).join("")),
  room: () => (process.stdout.writableNeedDrain ? once(process.stdout, "drain").then(() => undefined) : undefined),
};

interface TaskInFolder {
  readonly task: TaskInput;
  readonly files: TaskFolder;
}

async function execute({ task, files }: TaskInFolder, worker: WorkerOptions, parts: WorkerParts): Promise<Outcome> {
  const claimedAtMs = worker.clock.now();
  const claimed = { token: randomBytes(16).toString("hex"), input: "", claimedAtMs };
  const ending = watchForEnd({ clock: worker.clock, stop: parts.stop }, claimed, task);
  const note = { task, number: 1, claimedAtMs, variable: `${SCRIPT_MARK}=${files.result}` };
  try {
    const execution = await executeTask(executionOf(worker, parts), {
      task,
      claimed,
      files,
      ending,
      targets: [printed],
      note,
    });
    await execution.endRest?.();
    // As a worker reports it: what its after-task script does changes nothing.
    await writeFile(join(files.root, "outcome.json"), JSON.stringify(execution.outcome));
    const { clock, diagnostics, stop } = worker;
    const place = markerPlace(task, claimedAtMs);
    const afterTask = { ...parts, log: printed, clock, diagnostics, stop };
    await runAfterTask(afterTask, { task, files, execution, place });
    return execution.outcome;
  } finally {
    ending.close();
    await parts.notices.unfinished.clear();
  }
}

function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case "success":
      return 0;
    case "failure": {
      const { exit } = outcome.cause;
      if (typeof exit === "number") return exit === 0 ? 1 : exit;
      return 128 + (constants.signals[exit as NodeJS.Signals] ?? -127);
    }
    case "cancelled":
      return 1;
  }
}

/** The script's environment and folder, for a person at a terminal; their own profile would change it. */
async function openShell(
  { task, files, environment }: TaskInFolder & { readonly environment: AgentEnvironment },
  { machine, scripts }: WorkerParts,
): Promise<number> {
  const init = await scripts.init();
  await createTaskFolder(files);
  const env = scriptEnvironment({ task, folder: files, machine, exports: init?.exports ?? {} });
  const { TERM = "dumb" } = environment.init;
  const shell = spawn("bash", ["--noprofile", "--norc"], { cwd: files.work, env: { ...env, TERM }, stdio: "inherit" });
  const [code] = (await once(shell, "exit")) as [number | null];
  return code ?? 1;
}
