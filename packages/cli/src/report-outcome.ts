import { type FailedStep, failureLine, listFailures, normalizeResults, taskName } from "@muster/pipeline";
import { aptLines } from "./apt-lines.ts";
import type { ExitCode } from "./command.ts";
import { counted } from "./counted.ts";
import { formatDuration } from "./format-duration.ts";
import type { GlobalValues } from "./global-arguments.ts";
import type { BuildHistory } from "./history/build-history.ts";
import { nextCommand } from "./next-command.ts";
import type { Print } from "./print.ts";
import type { Stage } from "./stages/stage.ts";

/** What a finished build leaves its user with: where the downloads lie, or what failed and how to read its log. */
export async function reportOutcome(
  stage: Stage,
  { name, build, print, globals }: { name: string; build: BuildHistory; print: Print; globals: GlobalValues },
): Promise<ExitCode> {
  const succeeded = build.state === "succeeded";
  const ms = (build.endedAt ?? new Date()).getTime() - (build.startedAt ?? new Date()).getTime();
  const failures = listFailures(normalizeResults(build.results)).map((failure) => ({
    ...failure,
    line: failureLine(failure),
    ...logsCommand(build, failure),
  }));
  const { downloads, downloadsUrl, apt } = await whereDownloadsAre(stage);
  if (globals.json) {
    print.json({
      name,
      state: build.state,
      seconds: ms / 1000,
      downloads,
      downloadsUrl,
      apt,
      failures,
      error: build.error,
      cause: build.cause,
    });
    return succeeded ? 0 : 1;
  }

  const count = (state: string) =>
    build.steps.filter((step) => step.kind === "activity" && step.state === state).length;
  const verdict = succeeded ? print.style("green", "succeeded") : print.style("red", build.state);
  print.report(
    `${print.style("bold", name)} ${verdict} after ${formatDuration(ms)}: ${counted(count("succeeded"), "task")} done, ${count("skipped")} skipped, ${Math.max(count("failed"), failures.length)} failed`,
  );
  if (failures.length > 0) {
    print.report("The following steps have failed:");
    for (const { line, logs } of failures)
      print.report(
        `  ${print.style("red", line)}${logs === undefined ? "" : `\n    ${nextCommand(globals, ["logs", logs])}`}`,
      );
  } else if (!succeeded) {
    for (const line of [build.error, build.cause].filter((text) => text !== undefined)) print.report(`  ${line}`);
  }
  print.report(`downloads: ${downloads}`);
  for (const line of apt) print.report(`apt:       ${line}`);
  return succeeded ? 0 : 1;
}

async function whereDownloadsAre({ s3, description, downloads }: Stage) {
  const { downloadsUrl, buckets } = description;
  return { downloads, downloadsUrl, apt: await aptLines(s3, { bucket: buckets.downloads, base: downloadsUrl }) };
}

/** Only what ran on a worker has a log there. */
function logsCommand(build: BuildHistory, { step, ...place }: FailedStep): { logs?: string } {
  const key = taskName(step, place);
  const ran = build.steps.some(
    (candidate) => candidate.key === key && candidate.attempts.some(({ instance }) => instance !== undefined),
  );
  return ran ? { logs: key } : {};
}
