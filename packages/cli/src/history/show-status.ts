import { type BuildHistory, formatDuration } from "@muster/history";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import type { FailureReport } from "../failures/failure-report.ts";
import { jsonOfFailures } from "../failures/json-of-failures.ts";
import { formatTable } from "../format-table.ts";
import type { Print } from "../print.ts";
import { createProgress } from "../progress/create-progress.ts";
import { followBuild } from "../progress/follow-build.ts";
import { outliveOwner } from "../stages/outlive-owner.ts";
import type { Stage } from "../stages/stage.ts";
import { type BuildSummary, findBuild, listBuilds } from "./find-build.ts";
import { loadBuild } from "./load-build.ts";
import { jsonOfBuild, reportBuild } from "./report-build.ts";

/** Prints a build, when it has ended or as it is, or the last builds. */
export async function showStatus(
  { build: name, follow, list }: { build: string | undefined; follow: boolean; list: boolean },
  { openStage, print, globals, signal }: Context,
): Promise<ExitCode> {
  const progress = createProgress(print, globals);
  let followed: string | undefined;
  return outliveOwner(
    () => openStage({ to: "read" }),
    async (stage) => {
      const moving = stage.movedBy !== "nobody";
      if (list) {
        const builds = await listBuilds(stage);
        if (globals.json) print.json(builds);
        else for (const line of listOf(builds, print, moving)) print.report(line);
        return 0;
      }
      const summary = await findBuild(stage, followed ?? name);
      followed = summary.name;
      if (follow && summary.running && moving) {
        await followBuild(stage, summary.executionArn, { progress, signal });
      }
      const build = await loadBuild(stage, summary.executionArn);
      const settled = { ...summary, endedAt: build.endedAt };
      const failures = await failuresOf(stage, build, summary);
      if (globals.json) print.json({ ...jsonOfBuild(build, settled), ...(failures && jsonOfFailures(failures)) });
      else
        for (const line of reportBuild(build, settled, { print, globals, now: new Date(), moving, failures }))
          print.report(line);
      if (build.state === "running" && !moving) {
        print.note("no process moves this build; muster build with the same words goes on with it");
      }
      return build.state === "running" || build.state === "succeeded" ? 0 : 1;
    },
  );
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

const colours = { RUNNING: "cyan", SUCCEEDED: "green" } as const;

function listOf(builds: readonly BuildSummary[], print: Print, moving: boolean): string[] {
  if (builds.length === 0) return ["nothing has been built here yet"];
  const now = Date.now();
  const rows = builds.map(({ name, status, running, startedAt, endedAt }) => [
    print.style(colours[status as keyof typeof colours] ?? "red", running && !moving ? "INTERRUPTED" : status),
    name,
    `${startedAt.toISOString().slice(0, 16).replace("T", " ")} UTC`,
    formatDuration((endedAt?.getTime() ?? now) - startedAt.getTime()),
  ]);
  return formatTable(rows);
}
