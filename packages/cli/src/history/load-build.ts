import type { Stage } from "../stages/stage.ts";
import { type BuildHistory, foldEvents, unreadBuild } from "./build-history.ts";
import { readHistory } from "./read-history.ts";

/** A build as its history tells it now. */
export async function loadBuild({ sfn }: Pick<Stage, "sfn">, executionArn: string): Promise<BuildHistory> {
  return foldEvents(unreadBuild, await readHistory(sfn, executionArn)).build;
}
