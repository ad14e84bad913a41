import {
  type BuildEnd,
  type EarlierBuild,
  type FailedStep,
  failedAlike,
  failureHeadline,
  failuresOfCause,
  groupFailures,
  listFailures,
  listSteps,
  type Results,
  readFailure,
  sinceWhen,
  whereItFailed,
} from "@muster/pipeline";
import { COMPARED } from "./earlier-endings.ts";
import { plainLine } from "./plain-line.ts";
import { type Ending, failedInARow } from "./read-ending.ts";

/** What is told of a build's end, as programs get it: `type`, `timestamp` and `data`, by the Standard Webhooks. There may be more fields one day. */
export interface BuildEndMessage {
  /** `build.test` is a trial: nothing has ended. */
  readonly type: `build.${BuildEnd | "test"}`;
  /** When the build ended. */
  readonly timestamp: string;
  readonly data: {
    /** `hello 1.2.3 failed on production: MakePackage failed on all 6 platforms` */
    readonly title: string;
    readonly stage: string;
    readonly pipeline: string;
    /** The execution's name, which `muster status` takes; null of a trial, as all about a build is. */
    readonly build: string | null;
    readonly executionArn: string | null;
    /** Empty where the build's words could not be understood. */
    readonly versions: readonly string[];
    /** Those that it was asked for; empty: all. */
    readonly platforms: readonly string[];
    /** The build that this one did again in part. */
    readonly retryOf: string | null;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
    readonly seconds: number | null;
    /** How many steps of all places came to what; null where the build came to no results. */
    readonly steps: { readonly succeeded: number; readonly failed: number; readonly skipped: number } | null;
    /** What failed, where, and since when; null where nothing did. */
    readonly failure: string | null;
    /** At most ten of them, in the order of the results. */
    readonly failed: readonly FailedStepMessage[];
    /** How many builds before it failed, one after the other; as many as are looked at where there are more. */
    readonly failedBefore: number | null;
    /** Where its page is kept, of a stage on AWS: whoever opens it signs in to AWS. null where there is none. */
    readonly page: string | null;
    /** What shows more. */
    readonly commands: readonly string[];
  };
}

export interface FailedStepMessage {
  readonly step: string;
  /** null of a step of the build's own. */
  readonly version: string | null;
  readonly platform: string | null;
  /** `Muster.ScriptFailed, exit 2` */
  readonly error: string;
  /** null of what ran on no worker. */
  readonly instance: string | null;
  /** How long the last worker had it. */
  readonly seconds: number | null;
  /** What its log says of why; secrets that its agent knew are masked there. */
  readonly line: string | null;
}

export interface MessageContext {
  readonly stage: string;
  readonly pipeline: string;
}

const MOST_FAILED = 10;

/** What is told of an end. @param page where the build's page is kept */
export function endMessage(ending: Ending, context: MessageContext, page: string | null): BuildEndMessage {
  const { end, name, executionArn, input, startedAt, endedAt, results, earlier } = ending;
  const failures = results === undefined ? [] : listFailures(results);
  const failure = end === "failed" ? whatFailed(ending, failures) : null;
  return {
    type: `build.${end}`,
    timestamp: endedAt.toISOString(),
    data: {
      title: titleOf(ending, failure, context),
      ...context,
      build: name,
      executionArn,
      versions: input?.versions ?? [],
      platforms: input?.platforms ?? [],
      retryOf: input?.retry?.build ?? null,
      startedAt: startedAt.toISOString(),
      endedAt: endedAt.toISOString(),
      seconds: Math.round((endedAt.getTime() - startedAt.getTime()) / 1000),
      steps: results === undefined ? null : countSteps(results),
      failure,
      failed: failures.slice(0, MOST_FAILED).map(failedStep),
      failedBefore: failedInARow(earlier),
      page,
      commands: commandsOf(ending, context),
    },
  };
}

/** A trial, which looks as the other messages do and says that nothing has ended. */
export function trialMessage(at: Date, context: MessageContext): BuildEndMessage {
  return {
    type: "build.test",
    timestamp: at.toISOString(),
    data: {
      title: `a trial: ${context.pipeline} on ${context.stage} can tell you when a build ends; none has`,
      ...context,
      build: null,
      executionArn: null,
      versions: [],
      platforms: [],
      retryOf: null,
      startedAt: null,
      endedAt: null,
      seconds: null,
      steps: null,
      failure: null,
      failed: [],
      failedBefore: null,
      page: null,
      commands: [],
    },
  };
}

const MOST_VERSIONS = 3;

function titleOf({ name, input, end, earlier }: Ending, failure: string | null, context: MessageContext): string {
  const versions = input?.versions ?? [];
  const more = versions.length - MOST_VERSIONS;
  const what = [...versions.slice(0, MOST_VERSIONS), ...(more > 0 ? [`and ${more} more`] : [])].join(", ") || name;
  return `${context.pipeline} ${what} ${wordsOfEnd(end)} on ${context.stage}${whyOf({ end, failure, before: failedInARow(earlier) })}`;
}

function wordsOfEnd(end: BuildEnd): string {
  switch (end) {
    case "succeeded":
    case "recovered":
      return "succeeded";
    case "failed":
      return "failed";
    case "timed-out":
      return "took too long and was ended";
    case "stopped":
      return "was stopped";
  }
}

function whyOf({ end, failure, before }: { end: BuildEnd; failure: string | null; before: number }): string {
  if (end === "recovered") return `, after ${before === 1 ? "a build" : `${before} builds`} that failed`;
  return failure === null ? "" : `: ${failure}`;
}

/** As the first line of `muster build` about a build that failed; of one that came to no results, what refused it. */
function whatFailed({ results, cause, earlier }: Ending, failures: readonly FailedStep[]): string {
  if (results === undefined || failures.length === 0) return plainLine(failuresOfCause(cause).join(" "));
  const ran = listSteps(results).filter(({ result }) => result.skip !== true);
  const before: readonly EarlierBuild[] = earlier.slice(0, COMPARED);
  const causes = groupFailures(failures.map((failed) => ({ failed }))).map((group) => ({
    group,
    where: whereItFailed(
      group.members.map(({ failed }) => failed),
      ran.filter(({ step }) => step === group.step),
    ),
    since: sinceWhen(failedAlike(group, before), before),
  }));
  return plainLine(failureHeadline(causes));
}

function failedStep({ step, failure, ...place }: FailedStep): FailedStepMessage {
  const { error, instance, seconds, line } = readFailure(failure);
  return {
    step,
    version: "version" in place ? place.version : null,
    platform: "platform" in place ? place.platform : null,
    error: plainLine(error),
    instance: instance ?? null,
    seconds: seconds === undefined ? null : Number(seconds),
    line: line === undefined ? null : plainLine(line),
  };
}

function countSteps(results: Results) {
  const steps = listSteps(results);
  const failed = listFailures(results).length;
  const skipped = steps.filter(({ result }) => result.skip === true).length;
  return { succeeded: steps.length - failed - skipped, failed, skipped };
}

function commandsOf({ name, end }: Ending, { stage }: MessageContext): string[] {
  const on = stage === "local" ? "" : ` --stage ${stage}`;
  const retry = end === "failed" || end === "timed-out" || end === "stopped";
  return [`muster status ${name}${on}`, ...(retry ? [`muster retry ${name}${on}`] : [])];
}
