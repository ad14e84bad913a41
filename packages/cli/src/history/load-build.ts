import { ExecutionDoesNotExist, type HistoryEvent } from "@aws-sdk/client-sfn";
import { type BuildHistory, type HistoryReader, historyReader } from "@muster/history";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { readHistory } from "./read-history.ts";

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
  history.read(await loadEvents(stage, executionArn));
  return history;
}

/** What it is read from, oldest first; rejects as `loadBuild` does. */
export async function loadEvents(
  { sfn, damagedBuilds }: Source,
  executionArn: string,
  options: Parameters<typeof readHistory>[2] = {},
): Promise<HistoryEvent[]> {
  return readHistory(sfn, executionArn, options).catch((error: unknown) => {
    if (!(error instanceof ExecutionDoesNotExist)) throw error;
    const name = executionArn.slice(executionArn.lastIndexOf(":") + 1);
    throw new UnreadableBuildError(name, { isTold: damagedBuilds?.has(name) ?? false });
  });
}
