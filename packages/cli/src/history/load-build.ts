import { ExecutionDoesNotExist } from "@aws-sdk/client-sfn";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { type BuildHistory, foldEvents, unreadBuild } from "./build-history.ts";
import { readHistory } from "./read-history.ts";

/**
 * A build as its history tells it now.
 * @throws UnreadableBuildError when it is known and its history is not
 */
export async function loadBuild(
  { sfn, damagedBuilds }: Pick<Stage, "sfn" | "damagedBuilds">,
  executionArn: string,
): Promise<BuildHistory> {
  const events = await readHistory(sfn, executionArn).catch((error: unknown) => {
    if (!(error instanceof ExecutionDoesNotExist)) throw error;
    const name = executionArn.slice(executionArn.lastIndexOf(":") + 1);
    throw new UnreadableBuildError(name, { isTold: damagedBuilds?.has(name) ?? false });
  });
  return foldEvents(unreadBuild, events).build;
}
