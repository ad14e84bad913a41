import type { WorkerFolder } from "./worker-folder.ts";

/** The machine of a worker, as its tasks use it. */
export interface WorkerMachine {
  /** The instance's id, or a test worker's name. */
  readonly instanceId: string;
  readonly folder: WorkerFolder;
  /** What every script gets, beside its task's own variables. */
  readonly variables: Readonly<Record<string, string>>;
}
