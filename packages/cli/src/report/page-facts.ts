import { historyReader, type LaunchTimes, type PageFacts, type PageFailure } from "@muster/history";
import { readLaunchTimes, stageOfPage } from "@muster/lambdas";
import { explainError } from "../explain-error.ts";
import { reportFailures } from "../failures/failure-report.ts";
import type { BuildSummary } from "../history/find-build.ts";
import { loadOn } from "../history/load-build.ts";
import type { nextCommand } from "../next-command.ts";
import type { Stage } from "../stages/stage.ts";
import { failuresOf } from "./failures-of.ts";

/** Reads what a page about one build tells, again and again: of the history what is new, of launches and logs what new events make worth a look. */
export interface PageFactsReader {
  read(stage: Stage, signal?: AbortSignal): Promise<PageFacts>;
}

/** Launches are a listing for each step: so long they are not asked for again while a build runs. */
const LAUNCHES_MS = 20_000;

export function pageFactsReader(
  { name, executionArn }: Pick<BuildSummary, "name" | "executionArn">,
  { globals, onUnread = () => {} }: { globals: Parameters<typeof nextCommand>[0]; onUnread?: (why: string) => void },
): PageFactsReader {
  const history = historyReader();
  let launches: LaunchTimes = new Map();
  let launchesReadMs = Number.NEGATIVE_INFINITY;
  let failures: readonly PageFailure[] = [];
  let failuresAreOf = "";

  const renewLaunches = async (stage: Stage) => {
    const attempts = history.build.steps.flatMap((step) => step.attempts);
    const isWanted = attempts.some(({ instance }) => instance !== undefined && !launches.has(instance));
    const hasEnded = history.build.state !== "running";
    if (!isWanted || (!hasEnded && performance.now() - launchesReadMs < LAUNCHES_MS)) return;
    launchesReadMs = performance.now();
    launches = await readLaunchTimes({ ...stage, s3: await stage.s3() }, history.build).catch((error: unknown) => {
      onUnread(`launches could not be read, so booting counts as waiting: ${explainError(error).message}`);
      return launches;
    });
  };
  const renewFailures = async (stage: Stage) => {
    const { build } = history;
    const failed = build.steps.filter(({ state }) => state === "failed");
    const are = [build.state, ...failed.map(({ key, attempts }) => `${key} ${attempts.length}`)].join("\n");
    if (are === failuresAreOf) return;
    failures = failuresOf(build, await reportFailures(stage, { name, executionArn, build }), globals);
    failuresAreOf = are;
  };

  return {
    async read(stage, signal) {
      await loadOn(stage, executionArn, history, { signal });
      await renewLaunches(stage);
      await renewFailures(stage);
      const { build } = history;
      const ofStage = stageOfPage(stage.pipeline, stage.description, name);
      return { ...ofStage, name, build, launches, failures, now: build.endedAt ?? new Date() };
    },
  };
}
