import { setTimeout as sleep } from "node:timers/promises";
import { type BuildHistory, historyReader } from "@muster/history";
import { readHistory } from "../history/read-history.ts";
import type { Stage } from "../stages/stage.ts";
import type { Progress } from "./progress.ts";

/** Shows a build until it ends, or until the signal comes: then its state is still `running`. */
export async function followBuild(
  { sfn, pollMs }: Pick<Stage, "sfn" | "pollMs">,
  executionArn: string,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<BuildHistory> {
  const history = historyReader();
  try {
    for (;;) {
      const events = await readHistory(sfn, executionArn, { afterId: history.build.lastEventId, signal });
      const changed = history.read(events);
      progress.update(history.build, changed);
      if (history.build.state !== "running") return history.build;
      await sleep(pollMs, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) return history.build;
    throw error;
  } finally {
    progress.close();
  }
}
