import type { Stage } from "../stages/stage.ts";
import { type BuildHistory, type HistoryReader, historyReader } from "./build-history.ts";
import { readHistory } from "./read-history.ts";

/** A build as its history tells it now. */
export async function loadBuild(stage: Pick<Stage, "sfn">, executionArn: string): Promise<BuildHistory> {
  return (await loadHistory(stage, executionArn)).build;
}

/** The same, to be read on. */
export async function loadHistory({ sfn }: Pick<Stage, "sfn">, executionArn: string): Promise<HistoryReader> {
  const history = historyReader();
  history.read(await readHistory(sfn, executionArn));
  return history;
}
