import type { BuildHistory } from "@muster/history";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import type { FailureReport } from "../failures/failure-report.ts";
import { jsonOfFailures } from "../failures/json-of-failures.ts";
import { nextCommand } from "../next-command.ts";
import { isNobodyTold } from "../notifications/is-nobody-told.ts";
import type { UntoldJson } from "../notifications/untold-words.ts";
import { terminalColumns } from "../print.ts";
import { createProgress } from "../progress/create-progress.ts";
import { followBuild } from "../progress/follow-build.ts";
import { outliveOwner } from "../stages/outlive-owner.ts";
import type { Stage } from "../stages/stage.ts";
import { buildList } from "../status/build-list.ts";
import { NO_PROSPECT, type Prospect, readProspect } from "../status/watch-expected.ts";
import { type BuildSummary, findBuild, listBuilds } from "./find-build.ts";
import { loadBuild } from "./load-build.ts";
import { jsonOfBuild, reportBuild } from "./report-build.ts";

interface StatusArguments {
  readonly build: string | undefined;
  readonly follow: boolean;
  readonly list: boolean;
}

/** Prints a build, when it has ended or as it is, or the last builds. */
export async function showStatus(
  { build: name, follow, list }: StatusArguments,
  { openStage, print, globals, signal }: Context,
): Promise<ExitCode> {
  const progress = createProgress(print, globals);
  let followed: string | undefined;
  return outliveOwner(
    () => openStage({ to: "read" }),
    async (stage) => {
      if (list) return showList(stage, { print, globals });
      const summary = await findBuild(stage, followed ?? name);
      followed = summary.name;
      const { executionArn } = summary;
      const isFollowed = follow && summary.running && stage.movedBy !== "nobody";
      const build = isFollowed
        ? await followBuild(stage, executionArn, { progress, signal, keeps: false })
        : await loadBuild(stage, executionArn);
      if (isFollowed && build.state === "running") {
        const again = nextCommand(globals, ["status", summary.name, "--follow"]);
        print.note(`the build ${summary.name} goes on; ${again} follows it again`);
        return 130;
      }
      return showBuild(stage, { build, summary }, { print, globals });
    },
  );
}

const STATUS_OF = { succeeded: "SUCCEEDED", failed: "FAILED", aborted: "ABORTED", "timed out": "TIMED_OUT" } as const;

type Shown = Pick<Context, "print" | "globals">;

async function showBuild(
  stage: Stage,
  { build, summary }: { build: BuildHistory; summary: BuildSummary },
  { print, globals }: Shown,
): Promise<ExitCode> {
  const moving = stage.movedBy !== "nobody";
  const failures = await failuresOf(stage, build, summary);
  const prospect = await prospectOf(stage, build);
  const notTold = await notToldOf(stage, build, summary);
  if (globals.json) {
    const expected = moving ? prospect.expected : undefined;
    const told = jsonOfBuild(build, { ...summary, endedAt: build.endedAt }, { expected, notTold });
    print.json({ ...told, ...(failures && jsonOfFailures(failures)) });
  } else {
    const { flow } = stage.pipeline;
    const options = { print, globals, now: new Date(), flow, prospect, moving, failures, notTold: notTold ?? [] };
    // As one: a pipe is written to at once, line by line or not.
    print.report(reportBuild(build, summary, options).join("\n"));
  }
  if (build.state === "running" && !moving) {
    print.note("no process moves this build; muster build with the same words goes on with it");
  }
  return build.state === "running" || build.state === "succeeded" ? 0 : 1;
}

/** Of a build that runs what is to be expected, of one that ended badly what it did not come to. */
async function prospectOf(stage: Stage, build: BuildHistory): Promise<Prospect> {
  if (build.state === "running") return readProspect(stage, build);
  if (build.state === "succeeded") return NO_PROSPECT;
  const { neverReached } = await import("../status/never-reached.ts");
  return { ...NO_PROSPECT, toCome: neverReached(build, stage.pipeline) };
}

async function showList(stage: Stage, { print, globals }: Shown): Promise<ExitCode> {
  const builds = await listBuilds(stage);
  if (globals.json) print.json(builds);
  else {
    const moving = stage.movedBy !== "nobody";
    const lines = buildList(builds, { columns: terminalColumns(print), style: print.style, now: new Date(), moving });
    for (const line of lines) print.report(line);
  }
  return 0;
}

/** Of a build that has ended, and that was to be told. */
async function notToldOf(
  stage: Stage,
  { state, endedAt }: BuildHistory,
  { executionArn, status }: BuildSummary,
): Promise<readonly UntoldJson[] | null> {
  if (state === "running" || isNobodyTold(stage)) return [];
  const { untoldOf } = await import("../notifications/untold.ts");
  // One that was followed runs by its summary.
  const ended = status === "RUNNING" ? STATUS_OF[state] : status;
  return untoldOf(stage, { executionArn, status: ended, endedAt }, new Date());
}

/** Of a build that has ended badly. */
async function failuresOf(
  stage: Stage,
  build: BuildHistory,
  { name, executionArn }: BuildSummary,
): Promise<FailureReport | undefined> {
  if (build.state === "running" || build.state === "succeeded") return undefined;
  const { reportFailures } = await import("../failures/failure-report.ts");
  return reportFailures(stage, { build, name, executionArn });
}
