import { setTimeout as sleep } from "node:timers/promises";
import { type BuildHistory, buildHistory } from "../history/build-history.ts";
import { readHistory } from "../history/read-history.ts";
import type { Stage } from "../stages/stage.ts";
import type { Progress } from "./progress.ts";

/** Shows a build until it ends, or until the signal comes: then its state is still `running`. */
export async function followBuild(
  { sfn, pollMs }: Pick<Stage, "sfn" | "pollMs">,
  executionArn: string,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<BuildHistory> {
  const build = buildHistory();
  try {
    for (;;) {
      const changed = build.add(await readHistory(sfn, executionArn, { afterId: build.lastEventId, signal }));
      progress.update(build, changed);
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
