import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import type { TaskInput, WorkerEnvironment } from "@muster/pipeline";
import { agentProgram } from "@muster/worker-agent";
import * as z from "zod";

export interface TaskToStart {
  readonly input: TaskInput;
  /** Where it works; there, and empty or as the last run left it. */
  readonly folder: string;
  /** What the agent is told. */
  readonly worker: WorkerEnvironment;
  /** What a worker of this machine has in its environment besides. */
  readonly variables: Readonly<Record<string, string>>;
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
    env: { ...task.variables, ...task.worker },
  });
  const end = () => void agent.kill();
  task.signal.addEventListener("abort", end, { once: true });
  const [code, killedBy] = (await once(agent, "exit")) as [number | null, NodeJS.Signals | null];
  task.signal.removeEventListener("abort", end);
  const exitCode = code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]);
  return { exitCode, outcome: shell ? undefined : await readOutcome(folder) };
}

async function readOutcome(folder: string): Promise<TaskOutcome | undefined> {
  try {
    return Outcome.parse(JSON.parse(await readFile(join(folder, "outcome.json"), "utf8")));
  } catch {
    return undefined;
  }
}
