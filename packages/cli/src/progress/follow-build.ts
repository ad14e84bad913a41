import { setTimeout as sleep } from "node:timers/promises";
import { type BuildHistory, foldEvents, unreadBuild } from "../history/build-history.ts";
import { readHistory } from "../history/read-history.ts";
import type { Stage } from "../stages/stage.ts";
import type { Progress } from "./progress.ts";

/** Shows a build until it ends, or until the signal comes: then its state is still `running`. */
export async function followBuild(
  { sfn, pollMs }: Pick<Stage, "sfn" | "pollMs">,
  executionArn: string,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<BuildHistory> {
  let build = unreadBuild;
  try {
    for (;;) {
      const events = await readHistory(sfn, executionArn, { afterId: build.lastEventId, signal });
      const news = foldEvents(build, events);
      build = news.build;
      progress.update(build, news.changed);
      if (build.state !== "running") return build;
      await sleep(pollMs, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) return build;
    throw error;
  } finally {
    progress.close();
  }
}
