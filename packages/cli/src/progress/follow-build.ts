import { setTimeout as sleep } from "node:timers/promises";
import { type BuildHistory, historyReader } from "@muster/history";
import { readOn } from "../history/read-on.ts";
import type { Stage } from "../stages/stage.ts";
import { NO_PROSPECT, watchExpected } from "../status/watch-expected.ts";
import type { Progress } from "./progress.ts";

interface FollowOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Whether what was shown last stays on the terminal when it has ended; it does where the user interrupts. */
  readonly keeps: boolean;
}

type Followed = Pick<Stage, "sfn" | "s3" | "pipeline" | "description" | "damagedBuilds" | "pollMs">;

/** Shows a build until it ends, or until the signal comes: then its state is still `running`. */
export async function followBuild(
  stage: Followed,
  executionArn: string,
  { progress, signal, keeps }: FollowOptions,
): Promise<BuildHistory> {
  const { sfn, pollMs, pipeline } = stage;
  const history = historyReader();
  const name = executionArn.slice(executionArn.lastIndexOf(":") + 1);
  const watch = progress.showsProspect === true ? watchExpected(stage) : undefined;
  let staysShown = false;
  try {
    for (;;) {
      const changed = await readOn(sfn, executionArn, history, { signal });
      watch?.look(history.build);
      const prospect = watch?.prospect ?? NO_PROSPECT;
      progress.update(history.build, changed, { name, flow: pipeline.flow, prospect });
      staysShown = keeps;
      if (history.build.state !== "running") return history.build;
      await sleep(pollMs, undefined, { signal });
    }
  } catch (error) {
    staysShown = signal.aborted;
    if (signal.aborted) return history.build;
    throw error;
  } finally {
    progress.close({ keeps: staysShown });
  }
}
