import type { Json } from "../src/services/states/language/json.ts";

/** An execution recorded on AWS, with what it was run against. Data inside strings has been parsed. */
export interface RecordedCase {
  readonly name: string;
  readonly definition: Json;
  readonly input: Json;
  /** Function ARN → how it behaves. */
  readonly lambdas: Readonly<Record<string, string>>;
  readonly activities: readonly RecordedActivity[];
  readonly stopAtOnce: boolean;
  readonly expected: Expected;
}

export interface RecordedActivity {
  readonly arn: string;
  /** Deleted before the execution starts. */
  readonly deleted: boolean;
  readonly consumer?: { readonly behaviour: string; readonly workerName?: string };
}

export interface Expected {
  readonly status: string;
  readonly error?: string | null;
  readonly output?: Json;
  /** False when the output holds placeholders, so that only the status can be compared. */
  readonly outputExact?: boolean;
  readonly history?: readonly RecordedHistoryEvent[];
  readonly historyOrdered?: boolean;
}

export interface RecordedHistoryEvent {
  readonly type: string;
  readonly id: number | readonly number[];
  readonly previousEventId: number;
}

/** What an execution came to here. */
export interface Outcome {
  readonly status: string;
  readonly error: string | undefined;
  readonly output: string | undefined;
  readonly history: readonly RecordedHistoryEvent[];
}
