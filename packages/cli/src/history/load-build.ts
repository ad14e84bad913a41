import { ExecutionDoesNotExist } from "@aws-sdk/client-sfn";
import { type BuildHistory, type HistoryReader, historyReader, type Step } from "@muster/history";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { readOn } from "./read-on.ts";

type Source = Pick<Stage, "sfn" | "damagedBuilds">;

/**
 * A build as its history tells it now.
 * @throws UnreadableBuildError when it is known and its history is not
 */
export async function loadBuild(stage: Source, executionArn: string): Promise<BuildHistory> {
  return (await loadHistory(stage, executionArn)).build;
}

/** The same, to be read on. */
export async function loadHistory(stage: Source, executionArn: string): Promise<HistoryReader> {
  const history = historyReader();
  await loadOn(stage, executionArn, history);
  return history;
}

/** Reads on; rejects as `loadBuild` does. Answers the steps that changed. */
export async function loadOn(
  { sfn, damagedBuilds }: Source,
  executionArn: string,
  history: HistoryReader,
  options: Parameters<typeof readOn>[3] = {},
): Promise<readonly Step[]> {
  return readOn(sfn, executionArn, history, options).catch((error: unknown) => {
    if (!(error instanceof ExecutionDoesNotExist)) throw error;
    const name = executionArn.slice(executionArn.lastIndexOf(":") + 1);
    throw new UnreadableBuildError(name, { isTold: damagedBuilds?.has(name) ?? false });
  });
}
