import { delimiter } from "node:path";
import type { TaskInput } from "@muster/pipeline";
import type { TaskFolder } from "../machine/worker-folder.ts";

export interface ScriptEnvironmentOptions {
  readonly task: TaskInput;
  readonly folder: TaskFolder;
  readonly instanceId: string;
  /** Of the machine. */
  readonly scripts: Readonly<Record<string, string>>;
  /** What init exported. */
  readonly exports: Readonly<Record<string, string>>;
  readonly bin: string;
  /** Of the lease of an exclusive activity. */
  readonly fencing?: number | undefined;
}

/** All that a task's script is told; nothing of the agent's own environment gets through otherwise. */
export function scriptEnvironment(options: ScriptEnvironmentOptions): Record<string, string> {
  const { task, folder, instanceId, scripts, exports, bin, fencing } = options;
  const environment: Record<string, string> = {
    ...scripts,
    ...exports,
    ...task.env,
    TMPDIR: folder.tmp,
    MUSTER_TASK: task.name,
    MUSTER_INSTANCE: instanceId,
    MUSTER_RESULT: folder.result,
    ...(fencing !== undefined && { MUSTER_FENCING: String(fencing) }),
  };
  return withCommands(environment, bin);
}

/** The agent's own commands come first on the PATH. */
export function withCommands(environment: Readonly<Record<string, string>>, bin: string): Record<string, string> {
  const path = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== bin && folder !== "");
  return { ...environment, PATH: [bin, ...path].join(delimiter) };
}
