import type { BuildHistory, Step } from "@muster/history";
import type { Pipeline } from "@muster/pipeline";
import type { FailureReport } from "../failures/failure-report.ts";
import { failureLines } from "../failures/print-failures.ts";
import { nextCommand } from "../next-command.ts";
import { tellAgainWords, type UntoldJson, untoldWords } from "../notifications/untold-words.ts";
import { type Print, terminalColumns, terminalRows } from "../print.ts";
import type { Expected } from "../status/expected-end.ts";
import { statusReport } from "../status/status-lines.ts";
import type { Prospect } from "../status/watch-expected.ts";
import { wrapColumns } from "../wrap-columns.ts";
import { type ApproveGlobals, approveCommand } from "./approve-command.ts";
import type { BuildSummary } from "./find-build.ts";

export interface ReportBuildOptions {
  readonly print: Print;
  readonly globals: ApproveGlobals;
  readonly now: Date;
  readonly flow: Pipeline["flow"];
  readonly prospect: Prospect;
  /** Whether anything moves the build. */
  readonly moving: boolean;
  /** Of a build that has ended badly. */
  readonly failures?: FailureReport | undefined;
  /** Whom nobody could tell that it has ended. */
  readonly notTold: readonly UntoldJson[];
}

/** A build for people: how it is, its tasks as a matrix, and what failed or is not finished. */
export function reportBuild(
  build: BuildHistory,
  { name }: Pick<BuildSummary, "name">,
  { print, globals, now, flow, prospect, moving, failures, notTold }: ReportBuildOptions,
): string[] {
  const shown = { name, build, flow, prospect, moving, headline: failures?.headline ?? "" };
  const columns = terminalColumns(print);
  return [
    ...statusReport(shown, { columns, rows: terminalRows(print), style: print.style, now: build.endedAt ?? now }),
    ...answers(build, globals),
    ...lastWords(failures, { print, globals }),
    ...untoldLines(name, notTold, { print, globals }),
  ];
}

/** What has failed is told with the other steps. */
function lastWords(failures: FailureReport | undefined, shown: { print: Print; globals: ApproveGlobals }): string[] {
  if (failures === undefined || failures.causes.length === 0) return [];
  return ["the end of the logs:", ...failureLines(failures, { ...shown, isTold: true })];
}

function untoldLines(
  name: string,
  notTold: readonly UntoldJson[],
  { print, globals }: { print: Print; globals: ApproveGlobals },
): string[] {
  if (notTold.length === 0) return [];
  const wrap = (text: string) => wrapColumns(text, { columns: terminalColumns(print), indent: "  " });
  return [
    ...notTold.flatMap((untold) => wrap(untoldWords(untold))).map((line) => print.style("yellow", line)),
    `  ${nextCommand(globals, tellAgainWords(name, notTold))}`,
  ];
}

/** What a person may say now. */
function answers({ state, steps }: BuildHistory, globals: ApproveGlobals): string[] {
  if (state !== "running") return [];
  const commands = steps.flatMap((step) => approveCommand(step, globals) ?? []);
  return commands.length === 0 ? [] : ["to approve (or --reject):", ...commands.map((command) => `  ${command}`)];
}

/** A build and its steps, as `muster status --json` prints them. */
export interface BuildStatusJson {
  readonly name: string;
  readonly executionArn: string;
  readonly state: BuildHistory["state"];
  readonly startedAt: Date;
  /** Absent while it runs. */
  readonly endedAt?: Date | undefined;
  /** How often it was redriven. */
  readonly redriveCount: number;
  /** What it was asked for, understood. */
  readonly input?: BuildHistory["input"];
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** When it is expected to end, by how long its tasks usually take; null where that is not known, and of a build that nothing moves or that has ended. */
  readonly expected: Expected | null;
  /** Whom nobody could tell that it has ended, though they were to be told; null where that could not be read. */
  readonly notTold: readonly UntoldJson[] | null;
  readonly steps: readonly Step[];
}

export function jsonOfBuild(
  build: BuildHistory,
  summary: BuildSummary,
  { expected, notTold }: { expected: Expected | undefined; notTold: BuildStatusJson["notTold"] },
): BuildStatusJson {
  return {
    name: summary.name,
    executionArn: summary.executionArn,
    state: build.state,
    startedAt: summary.startedAt,
    endedAt: summary.endedAt,
    redriveCount: build.redriveCount,
    input: build.input,
    error: build.error,
    cause: build.cause,
    expected: expected ?? null,
    notTold,
    steps: build.steps.map((step) => ({ ...step })),
  };
}
