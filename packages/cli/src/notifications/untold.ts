import type { BuildSummary } from "../history/find-build.ts";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { readNotifications } from "./read-notifications.ts";
import type { UntoldJson } from "./untold-words.ts";

/**
 * Whom nobody could tell that a build has ended. Nothing is asked of a build that runs, nor where the pipeline notifies nobody.
 * @returns null where that cannot be read: `muster notifications` says why
 */
export async function untoldOf(
  stage: Stage,
  build: Pick<BuildSummary, "executionArn" | "status" | "endedAt">,
  now: Date,
): Promise<readonly UntoldJson[] | null> {
  if (build.status === "RUNNING" || (stage.pipeline.notifies ?? []).length === 0) return [];
  try {
    return await readUntold(stage, build, now);
  } catch (error) {
    if (error instanceof UnreadableBuildError) throw error;
    return null;
  }
}

/** The same; rejects where it cannot be read. */
export async function readUntold(
  stage: Stage,
  build: Pick<BuildSummary, "executionArn" | "status" | "endedAt">,
  now: Date,
): Promise<readonly UntoldJson[]> {
  const notifications = await readNotifications(stage, build, now);
  return notifications
    .filter(({ state }) => state === "not told")
    .map(({ target, kind, problem }) => ({ target, kind, problem: problem ?? "it did not say why" }));
}
