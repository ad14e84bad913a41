import { type BuildHistory, newsOf, pageParts, pageTitle, unreadBuild } from "@muster/history";
import type { BuildSummary } from "../history/find-build.ts";
import type { nextCommand } from "../next-command.ts";
import { pageFactsReader } from "../report/page-facts.ts";
import type { AskStage } from "./ask-stage.ts";
import { type PageFeed, pageFeed } from "./page-feed.ts";

/** Nobody reads faster. */
const LEAST_PAUSE_MS = 1000;
/** Where nobody moves builds, each look reads all of them, to find who has come since. */
const PAUSE_OF_NOBODY_MS = 5000;
/** To draw a thousand tasks takes some sixty milliseconds: a build of many is looked at less often. */
const PAUSE_MS_PER_STEP = 2;
/** So long those who listen are told nothing of what goes as it should. */
const QUIET_MS = 60_000;

/** The page of one build, which follows it. */
export function buildFeed(
  summary: Pick<BuildSummary, "name" | "executionArn">,
  { ask, globals }: { ask: AskStage; globals: Parameters<typeof nextCommand>[0] },
): PageFeed {
  const reader = pageFactsReader(summary, { globals });
  let pauseMs = LEAST_PAUSE_MS;
  let before: BuildHistory = unreadBuild;
  let toldMs = performance.now();
  const newsSince = (build: BuildHistory): string => {
    const { urgent, progress } = before === unreadBuild ? { urgent: "", progress: "" } : newsOf(before, build);
    const isTime = performance.now() - toldMs > QUIET_MS;
    if (urgent === "" && progress !== "" && !isTime) return "";
    before = build;
    const news = [urgent, progress].filter((part) => part !== "").join(" ");
    if (news !== "") toldMs = performance.now();
    return news;
  };
  return pageFeed(
    (signal) =>
      ask(async (stage) => {
        const { records, ...read } = await reader.read(stage, signal);
        // A browser leads from no served page to a file.
        const leads = records !== undefined && !records("").startsWith("file:");
        const facts = { ...read, ...(leads && { records }) };
        const least = stage.movedBy === "nobody" ? PAUSE_OF_NOBODY_MS : LEAST_PAUSE_MS;
        pauseMs = Math.max(stage.pollMs, least, facts.build.steps.length * PAUSE_MS_PER_STEP);
        const isLeft = facts.build.state === "running" && stage.movedBy === "nobody";
        return {
          title: pageTitle(facts),
          parts: pageParts(facts),
          at: facts.now,
          news: newsSince(facts.build),
          note: isLeft
            ? "Interrupted: no process moves this build; muster build with the same words goes on with it."
            : undefined,
          hasEnded: facts.build.state !== "running",
        };
      }),
    { pauseMs: () => pauseMs },
  );
}
