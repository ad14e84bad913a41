import type { Condition } from "./choice-rule.ts";
import type { Evaluate } from "./intrinsic.ts";
import type { Json } from "./json.ts";
import type { Path } from "./json-path.ts";
import type { ReferencePath } from "./reference-path.ts";
import type { Catcher, Retrier } from "./retry-catch.ts";
import type { TaskResource } from "./task-resource.ts";

/** A compiled sequence of states: a whole state machine, a branch of a Parallel, the processor of a Map. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export interface StateMachineDefinition extends StateGraph {
  readonly timeoutSeconds: number | undefined;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

interface Base {
  readonly name: string;
  /** Undefined stands for `$`, null for an empty object. */
  readonly inputPath: Path | null | undefined;
  readonly outputPath: Path | null | undefined;
  /** Undefined ends the graph. */
  readonly next: string | undefined;
  readonly assign: Evaluate | undefined;
}

interface WithResult {
  readonly resultSelector: Evaluate | undefined;
  readonly resultPath: ReferencePath | null | undefined;
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly Catcher[];
}

export interface PassState extends Base {
  readonly type: "Pass";
  readonly result: Json | undefined;
  readonly parameters: Evaluate | undefined;
  readonly resultPath: ReferencePath | null | undefined;
}

export interface TaskState extends Base, WithResult {
  readonly type: "Task";
  readonly resource: TaskResource;
  readonly parameters: Evaluate | undefined;
  readonly timeoutSeconds: number | Path | undefined;
  readonly heartbeatSeconds: number | Path | undefined;
}

export interface ChoiceState extends Base {
  readonly type: "Choice";
  readonly rules: readonly {
    readonly holds: Condition;
    readonly next: string;
    readonly assign: Evaluate | undefined;
  }[];
  readonly otherwise: string | undefined;
}

export interface WaitState extends Base {
  readonly type: "Wait";
  readonly until:
    | { readonly kind: "seconds"; readonly seconds: number }
    | { readonly kind: "secondsPath"; readonly path: Path }
    | { readonly kind: "timestamp"; readonly atMs: number }
    | { readonly kind: "timestampPath"; readonly path: Path };
}

export interface SucceedState extends Base {
  readonly type: "Succeed";
}

export interface FailState extends Base {
  readonly type: "Fail";
  readonly error: string | Evaluate | undefined;
  readonly cause: string | Evaluate | undefined;
}

export interface ParallelState extends Base, WithResult {
  readonly type: "Parallel";
  readonly parameters: Evaluate | undefined;
  readonly branches: readonly StateGraph[];
}

export interface MapState extends Base, WithResult {
  readonly type: "Map";
  readonly itemsPath: Path | undefined;
  readonly itemSelector: Evaluate | undefined;
  readonly maxConcurrency: number | Path;
  readonly processor: StateGraph;
  /** Undefined of an inline Map. */
  readonly distributed: DistributedMap | undefined;
}

/** A Map each of whose items is an execution of its own. */
export interface DistributedMap {
  /** Of its Map Runs' ARNs. */
  readonly label: string;
  readonly reader: ItemReader | undefined;
  /** Evaluates to `{ Bucket, Prefix }`. */
  readonly writer: Evaluate | undefined;
  readonly toleratedCount: number;
  readonly toleratedPercentage: number;
}

/** A JSON array in S3. */
export interface ItemReader {
  /** Evaluates to `{ Bucket, Key }`. */
  readonly object: Evaluate;
  readonly mostItems: number | undefined;
}
