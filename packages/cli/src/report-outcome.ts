import { type BuildHistory, formatDuration, isFinished } from "@muster/history";
import { isMadeOtherwise } from "@muster/lambdas";
import { aptLines } from "./apt-lines.ts";
import type { ExitCode } from "./command.ts";
import { counted } from "./counted.ts";
import { type FailureReport, reportFailures } from "./failures/failure-report.ts";
import { type FailuresJson, jsonOfFailures } from "./failures/json-of-failures.ts";
import { failureLines } from "./failures/print-failures.ts";
import type { GlobalValues } from "./global-arguments.ts";
import { stoppedBy } from "./history/stopped-by.ts";
import { nextCommand } from "./next-command.ts";
import { countedNames } from "./plan/plan-rows.ts";
import type { Print } from "./print.ts";
import type { Stage } from "./stages/stage.ts";

/** What `muster build --json` prints at the build's end, and `muster retry --json` at the retry's. */
export interface BuildJson extends FailuresJson {
  readonly name: string;
  readonly state: BuildHistory["state"];
  /** From its start to its end. */
  readonly seconds: number;
  /** The downloads' bucket: a folder of this machine, or an s3:// URL. */
  readonly downloads: string;
  /** Where users find it; absent where the stage has no address. */
  readonly downloadsUrl?: string | undefined;
  /** Lines of apt's sources for what was published. */
  readonly apt: readonly string[];
  /** Of the execution, where it failed. */
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

interface Outcome {
  readonly name: string;
  readonly executionArn: string;
  readonly build: BuildHistory;
  readonly print: Print;
  readonly globals: GlobalValues;
}

/** What a finished build leaves its user with: where the downloads lie, or what failed, the end of its log and how to read the rest. */
export async function reportOutcome(stage: Stage, outcome: Outcome): Promise<ExitCode> {
  const { name, build, print, globals } = outcome;
  const report = await reportFailures(stage, outcome);
  const { downloads, downloadsUrl, apt } = await whereDownloadsAre(stage);
  const exitCode = build.state === "succeeded" ? 0 : 1;
  const ms = (build.endedAt ?? new Date()).getTime() - (build.startedAt ?? new Date()).getTime();
  if (globals.json) {
    const { state, error, cause } = build;
    const { headline, failures } = jsonOfFailures(report);
    const told = { name, state, seconds: ms / 1000, downloads, downloadsUrl, apt, headline, failures, error, cause };
    print.json(told satisfies BuildJson);
    return exitCode;
  }
  for (const line of outcomeLines(outcome, report, ms)) print.sentence(line);
  for (const line of madeOtherwise(outcome)) print.sentence(line);
  print.sentence(`downloads: ${downloads}`);
  for (const line of apt) print.report(`apt:       ${line}`);
  return exitCode;
}

function outcomeLines({ name, build, print, globals }: Outcome, report: FailureReport, ms: number): string[] {
  const count = (state: string) =>
    build.steps.filter((step) => step.kind === "activity" && step.state === state).length;
  const failed = report.causes.reduce((sum, { group }) => sum + group.members.length, 0);
  const counts = `${counted(count("succeeded"), "task")} done, ${count("skipped")} skipped, ${Math.max(count("failed"), failed)} failed`;
  const succeeded = build.state === "succeeded";
  const who = stoppedBy(build);
  const verdict = succeeded ? print.style("green", "succeeded") : print.style("red", build.state);
  const ended = `${print.style("bold", name)} ${verdict} after ${formatDuration(ms)}`;
  if (report.causes.length > 0)
    return [
      `${ended}: ${report.headline}`,
      counts,
      "The following steps have failed:",
      ...failureLines(report, { print, globals, isTold: false }),
    ];
  const why = succeeded || who !== undefined ? [] : [build.error, build.cause].filter((text) => text !== undefined);
  return [
    `${ended}${who === undefined ? "" : `, stopped by ${who}`}: ${counts}${cutWords(build)}`,
    ...why.map((line) => `  ${line}`),
  ];
}

/** What ran or waited when the build ended. */
function cutWords({ steps }: BuildHistory): string {
  const cut = steps.filter((step) => step.kind === "activity" && !isFinished(step)).length;
  return cut === 0 ? "" : `, ${cut} cut off`;
}

/** What was skipped though it would be made otherwise now; the steps' reasons in `status` say how. */
function madeOtherwise({ name, build, globals }: Outcome): string[] {
  const steps = build.steps.filter(({ state, reason }) => state === "skipped" && isMadeOtherwise(reason ?? ""));
  if (steps.length === 0) return [];
  const [first] = steps;
  return [
    `skipped, though made by another script or of other inputs: ${countedNames(steps.map((step) => step.name))}`,
    `  why: ${nextCommand(globals, ["status", name])}; to make it again: muster build … --rerun ${first?.name}`,
  ];
}

async function whereDownloadsAre({ s3, description, downloads }: Stage) {
  const { downloadsUrl, buckets } = description;
  return {
    downloads,
    downloadsUrl,
    apt: await aptLines(await s3(), { bucket: buckets.downloads, base: downloadsUrl }),
  };
}
