import type { WorkerDisplay } from "../machine/worker-display.ts";
import type { ClaimRecord } from "../report/claim.ts";
import type { UnfinishedTaskFile } from "./unfinished-task.ts";

/** Where a worker puts up which task it has. */
export interface Notices {
  /** For repair. */
  readonly claims: ClaimRecord;
  /** For the agent that comes after this one. */
  readonly unfinished: UnfinishedTaskFile;
  /** For people. */
  readonly display: WorkerDisplay;
}
