import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Activity, type StageDescription, scriptFile, type TaskInput, WorkerEnvironment } from "@muster/pipeline";
import { agentProgram } from "@muster/worker-agent";
import * as z from "zod";

export interface TaskToStart {
  readonly input: TaskInput;
  readonly activity: Activity;
  readonly description: StageDescription;
  /** Where it works; there, and empty or as the last run left it. */
  readonly folder: string;
  /** The pipeline's: scripts are run as they are there now. */
  readonly scripts: string;
  readonly dummyScript: string;
  /** What a worker of this machine has in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly init: boolean;
  readonly shell: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Where the script's lines go. */
  readonly output: "stdout" | "stderr";
}

/** How a task ended, as the agent wrote it down. */
const Outcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("success"), output: z.looseObject({ note: z.string().optional() }) }),
  z.object({
    kind: z.literal("failure"),
    error: z.string(),
    cause: z.looseObject({
      exit: z.union([z.number(), z.string()]).optional(),
      message: z.string().optional(),
      line: z.string().optional(),
    }),
  }),
  z.object({ kind: z.literal("cancelled"), why: z.string() }),
]);
export type TaskOutcome = z.infer<typeof Outcome>;

export interface EndedTask {
  readonly exitCode: number;
  /** Absent of a shell, and where the agent itself failed. */
  readonly outcome: TaskOutcome | undefined;
}

/** Runs a task by the agent that workers run, in a process that ends with this one. */
export async function startTask(task: TaskToStart): Promise<EndedTask> {
  const { folder, shell, output } = task;
  const file = join(folder, "task.json");
  await writeFile(file, JSON.stringify(task.input));
  const words = ["--disable-warning=ExperimentalWarning", agentProgram(), "--task", file, "--dir", folder];
  const agent = spawn(process.execPath, [...words, ...(shell ? ["--shell"] : [])], {
    cwd: folder,
    stdio: shell ? "inherit" : ["pipe", output === "stdout" ? 1 : 2, 2],
    env: { ...task.variables, ...workerEnvironment(task) },
  });
  const end = () => void agent.kill();
  task.signal.addEventListener("abort", end, { once: true });
  const [code, killedBy] = (await once(agent, "exit")) as [number | null, NodeJS.Signals | null];
  task.signal.removeEventListener("abort", end);
  const exitCode = code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]);
  return { exitCode, outcome: shell ? undefined : await readOutcome(folder) };
}

function workerEnvironment({ activity, description, scripts, dummyScript, init }: TaskToStart): WorkerEnvironment {
  const url = (script: string) => pathToFileURL(scriptFile(scripts, script)).href;
  return WorkerEnvironment.parse({
    ACTIVITY_ARN: description.activities[activity.name],
    ACTIVITY_NAME: activity.name,
    SCRIPT_URL: url(activity.script),
    ...(init && activity.init !== undefined && { INIT_URL: url(activity.init) }),
    ...(activity.afterTask !== undefined && { AFTER_TASK_URL: url(activity.afterTask) }),
    DUMMY_SCRIPT_URL: url(dummyScript),
    AWS_REGION: description.region,
    LOG_GROUP: description.logGroups[activity.name],
    STATE_BUCKET: description.buckets.state,
    SCRATCH_BUCKET: description.buckets.scratch,
  });
}

async function readOutcome(folder: string): Promise<TaskOutcome | undefined> {
  try {
    return Outcome.parse(JSON.parse(await readFile(join(folder, "outcome.json"), "utf8")));
  } catch {
    return undefined;
  }
}
