import { delimiter } from "node:path";
import type { TaskInput } from "@muster/pipeline";
import type { TaskFolder } from "../machine/worker-folder.ts";
import type { WorkerMachine } from "../machine/worker-machine.ts";

export interface ScriptEnvironmentOptions {
  readonly task: TaskInput;
  readonly folder: TaskFolder;
  readonly machine: WorkerMachine;
  /** What init exported. */
  readonly exports: Readonly<Record<string, string>>;
  /** Of the lease of an exclusive activity. */
  readonly fencing?: number | undefined;
}

/** All that a task's script is told; nothing of the agent's own environment gets through otherwise. */
export function scriptEnvironment(options: ScriptEnvironmentOptions): Record<string, string> {
  const { task, folder, machine, exports, fencing } = options;
  const environment: Record<string, string> = {
    ...machine.variables,
    ...exports,
    ...task.env,
    TMPDIR: folder.tmp,
    MUSTER_TASK: task.name,
    MUSTER_INSTANCE: machine.instanceId,
    MUSTER_RESULT: folder.result,
    ...(fencing !== undefined && { MUSTER_FENCING: String(fencing) }),
  };
  return withCommands(environment, machine.folder.bin);
}

/** The agent's own commands come first on the PATH. */
export function withCommands(environment: Readonly<Record<string, string>>, bin: string): Record<string, string> {
  const path = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== bin && folder !== "");
  return { ...environment, PATH: [bin, ...path].join(delimiter) };
}
