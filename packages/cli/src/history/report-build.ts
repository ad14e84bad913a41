import { type BuildHistory, describeStep, formatDuration, isFinished, isVerdict, type Step } from "@muster/history";
import { describeInputs, placeCells } from "@muster/pipeline";
import type { FailureReport } from "../failures/failure-report.ts";
import { failureLines } from "../failures/print-failures.ts";
import { formatTable } from "../format-table.ts";
import type { Print } from "../print.ts";
import { type ApproveGlobals, approveCommand } from "./approve-command.ts";
import type { BuildSummary } from "./find-build.ts";

export interface ReportBuildOptions {
  readonly print: Print;
  readonly globals: ApproveGlobals;
  readonly now: Date;
  /** Whether anything moves the build. */
  readonly moving: boolean;
  /** Of a build that has ended badly. */
  readonly failures?: FailureReport | undefined;
}

/** A build for people: its finished and unfinished tasks with times, and how it ended. */
export function reportBuild(
  build: BuildHistory,
  { name, endedAt, startedAt }: BuildSummary,
  { print, globals, now, moving, failures }: ReportBuildOptions,
): string[] {
  const finished = build.steps.filter((step) => isFinished(step) && !isVerdict(step));
  const unfinished = build.steps.filter((step) => !isFinished(step));
  const time = formatDuration((endedAt ?? now).getTime() - startedAt.getTime());
  return [
    `${print.style("bold", name)}  ${headline(build, { print, moving })}${timing(build, { time, moving })}${headlineOf(failures)}`,
    ...inputLines(build),
    ...section("finished", finished, print, endedAt ?? now),
    ...section(build.state === "running" ? "unfinished" : "never finished", unfinished, print, endedAt ?? now),
    ...answers(build, globals),
    ...lastWords(failures, { print, globals }),
  ];
}

const headlineOf = (failures: FailureReport | undefined): string =>
  failures === undefined || failures.headline === "" ? "" : `: ${failures.headline}`;

/** What has failed is told with the other steps. */
function lastWords(failures: FailureReport | undefined, shown: { print: Print; globals: ApproveGlobals }): string[] {
  if (failures === undefined || failures.causes.length === 0) return [];
  return ["the end of the logs:", ...failureLines(failures, { ...shown, isTold: true })];
}

/** What a person may say now. */
function answers({ state, steps }: BuildHistory, globals: ApproveGlobals): string[] {
  if (state !== "running") return [];
  const commands = steps.flatMap((step) => approveCommand(step, globals) ?? []);
  return commands.length === 0 ? [] : ["to approve (or --reject):", ...commands.map((command) => `  ${command}`)];
}

function inputLines({ input }: BuildHistory): string[] {
  const told = describeInputs(input ?? {});
  const retried = input?.retry === undefined ? [] : [`a retry of ${input.retry.build}`];
  return [...retried, ...(told === "" ? [] : [`inputs: ${told}`])];
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
  readonly steps: readonly Step[];
}

export function jsonOfBuild(build: BuildHistory, summary: BuildSummary): BuildStatusJson {
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
    steps: build.steps.map((step) => ({ ...step })),
  };
}

function headline({ state }: BuildHistory, { print, moving }: { print: Print; moving: boolean }): string {
  if (state === "succeeded") return print.style("green", "succeeded");
  if (state === "running") return moving ? print.style("cyan", "running") : print.style("yellow", "interrupted");
  return print.style("red", state);
}

function timing({ state, redriveCount }: BuildHistory, { time, moving }: { time: string; moving: boolean }): string {
  const redriven = redriveCount === 0 ? "" : `, redriven ${redriveCount === 1 ? "once" : `${redriveCount} times`}`;
  if (state !== "running") return ` after ${time}${redriven}`;
  return moving ? ` for ${time}${redriven}` : `, started ${time} ago${redriven}`;
}

function section(title: string, steps: readonly Step[], print: Print, now: Date): string[] {
  if (steps.length === 0) return [];
  const rows = steps.map((step) => {
    const { symbol, colour, words } = describeStep(step, now);
    const loud = step.state === "failed" ? print.style("red", words) : words;
    return [print.style(colour, symbol), step.name, ...placeCells(step), loud];
  });
  return [`${title}:`, ...formatTable(rows, { indent: "  " })];
}
