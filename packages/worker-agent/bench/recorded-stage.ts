import type { LocalAwsOptions } from "@muster/local";
import { type StageWithWorkers, stageWithWorkers } from "../testing/stage-with-workers.ts";

/** A stage that knows when it was called. */
export interface RecordedStage extends StageWithWorkers {
  /** performance.now() of the calls of an operation, in their order. */
  timesOf(operation: string): number[];
}

/** A stage for one bench; all of its workers have ended afterwards. Node 22 knows no `await using`. */
export async function withStage<T>(
  work: (stage: RecordedStage) => Promise<T>,
  options: LocalAwsOptions = {},
): Promise<T> {
  const calls: { operation: string; atMs: number }[] = [];
  const stage = await stageWithWorkers({
    ...options,
    onCall: ({ operation }) => calls.push({ operation, atMs: performance.now() }),
  });
  const timesOf = (operation: string) => calls.filter((call) => call.operation === operation).map(({ atMs }) => atMs);
  try {
    return await work({ ...stage, timesOf });
  } finally {
    await stage[Symbol.asyncDispose]();
  }
}
