import { ExecutionDoesNotExist, type HistoryEvent } from "@aws-sdk/client-sfn";
import { type BuildHistory, type HistoryReader, historyReader } from "@muster/history";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { historyPages, readHistory } from "./read-history.ts";

type Source = Pick<Stage, "sfn" | "damagedBuilds">;

/**
 * A build as its history tells it now.
 * @throws UnreadableBuildError when it is known and its history is not
 */
export async function loadBuild(stage: Source, executionArn: string): Promise<BuildHistory> {
  return (await loadHistory(stage, executionArn)).build;
}

/** The same, to be read on. */
export async function loadHistory({ sfn, damagedBuilds }: Source, executionArn: string): Promise<HistoryReader> {
  const history = historyReader();
  try {
    for await (const events of historyPages(sfn, executionArn)) history.read(events);
  } catch (error) {
    throw unreadable(error, { executionArn, damagedBuilds });
  }
  return history;
}

/** What it is read from, oldest first; rejects as `loadBuild` does. */
export async function loadEvents(
  { sfn, damagedBuilds }: Source,
  executionArn: string,
  options: Parameters<typeof readHistory>[2] = {},
): Promise<HistoryEvent[]> {
  return readHistory(sfn, executionArn, options).catch((error: unknown) => {
    throw unreadable(error, { executionArn, damagedBuilds });
  });
}

function unreadable(
  error: unknown,
  { executionArn, damagedBuilds }: { executionArn: string; damagedBuilds: Source["damagedBuilds"] },
): unknown {
  if (!(error instanceof ExecutionDoesNotExist)) return error;
  const name = executionArn.slice(executionArn.lastIndexOf(":") + 1);
  return new UnreadableBuildError(name, { isTold: damagedBuilds?.has(name) ?? false });
}
