import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Catalog } from "./catalog.ts";
import type { Engine } from "./engine.ts";
import type { ExecutionStore } from "./execution-store.ts";
import type { Execution } from "./interpreter/execution.ts";
import type { StateMachineRecord } from "./journal/metadata-journal.ts";

/** What the operations of the Step Functions API work on. */
export interface StatesContext {
  readonly clock: Clock;
  /** For names and ids outside executions. */
  readonly random: Random;
  readonly catalog: Catalog;
  readonly executions: ExecutionStore;
  readonly engine: Engine;
  /** How long GetActivityTask waits for a task. */
  readonly longPollMs: number;
  arnOf(kind: "stateMachine" | "execution" | "activity", name: string): string;
  startExecution(start: {
    readonly stateMachine: StateMachineRecord;
    readonly arn: string;
    readonly name: string;
    readonly inputText: string;
  }): Execution;
  /** Only for one that ended without success. */
  redriveExecution(execution: Execution): void;
  /** Calls back when the service closes; the return value takes that back. */
  whenClosed(callback: () => void): () => void;
}
