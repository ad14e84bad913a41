import * as z from "zod";
import { placeWords } from "./place.ts";
import type { FailedStep, Failure } from "./results.ts";
import { TaskFailureCause } from "./task.ts";

/** What a failure says, in the parts of which reports are made. */
export interface FailureWords {
  /** Of the worker that had the task. */
  readonly instance?: string;
  /** `Muster.ScriptKilled, exit SIGKILL, out of memory` */
  readonly error: string;
  /** How long that worker had it: its own measure, of this attempt alone. */
  readonly seconds?: string;
  /** See TaskFailureCause.line. */
  readonly line?: string;
}

export function readFailure({ Error: name, Cause }: Failure): FailureWords {
  const { ec2, time_sec, exit, message, line } = readCause(Cause);
  const said = message === undefined ? undefined : oneLine(message);
  const details = [name ?? "Unknown error", exit === undefined ? undefined : `exit ${exit}`, said];
  return {
    ...(ec2 !== undefined && { instance: ec2 }),
    error: details.filter((part) => part !== undefined).join(", "),
    ...(time_sec !== undefined && { seconds: time_sec }),
    ...(line !== undefined && { line: oneLine(line) }),
  };
}

const WorkerCause = TaskFailureCause.partial();

/** A cause as a worker, as Lambda, or as Step Functions itself words it. */
function readCause(text: string | undefined): z.infer<typeof WorkerCause> {
  if (text === undefined || text === "") return {};
  let cause: unknown;
  try {
    cause = JSON.parse(text);
  } catch {
    return { message: text };
  }
  const worker = WorkerCause.safeParse(cause);
  const lambda = z.object({ errorMessage: z.string() }).safeParse(cause);
  if (lambda.success) return { message: lambda.data.errorMessage };
  return worker.success ? worker.data : { message: text };
}

const MOST_WORDS = 300;
const oneLine = (text: string): string => shorten(text.replaceAll(/\s+/g, " ").trim(), MOST_WORDS);

function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  return most === 0 ? "" : `${[...text].slice(0, most - 1).join("")}…`;
}

/**
 * A failure in one line: step, version, platform, instance id, error, and what the log says of it:
 * `MakePackage 4.28.2 debian-10-buster i-0123 Muster.ScriptFailed, exit 2, after 318 s: foo.cpp:12:3: error: …`.
 */
export const failureLine = (failed: FailedStep): string => lineOf(failed, readFailure(failed.failure));

function lineOf({ step, failure: _, ...place }: FailedStep, { instance, error, seconds, line }: FailureWords): string {
  const where = [step, ...placeWords(place), instance].filter((part) => part !== undefined).join(" ");
  return `${where} ${error}${seconds === undefined ? "" : `, after ${seconds} s`}${line ? `: ${line}` : ""}`;
}

/** A failed execution's cause holds this many characters. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html */
const MAX_MESSAGE = 32_768;
/** That every failed step is named comes before what the logs say. */
const MOST_OF_LOGS = [MOST_WORDS, 80, 0];

export interface MessageOptions {
  /** The command that shows what did not fit. */
  readonly moreWith: string;
  /** What it may take, as `sizeOf` measures it: characters, if nothing else is said. */
  readonly limit?: number;
  /** Of a text; two texts one after the other take as much as both. */
  readonly sizeOf?: (text: string) => number;
}

/** The message of a build that failed. Where it would be too long, the logs' lines give way first, then the last of the steps. */
export function failureMessage(
  failures: readonly FailedStep[],
  { moreWith, limit = MAX_MESSAGE, sizeOf = (text) => text.length }: MessageOptions,
): string {
  const heading = "The following steps have failed:";
  const words = failures.map((failed) => [failed, readFailure(failed.failure)] as const);
  let lines: string[] = [];
  for (const most of MOST_OF_LOGS) {
    lines = words.map(([failed, { line = "", ...rest }]) => lineOf(failed, { ...rest, line: shorten(line, most) }));
    const whole = [heading, ...lines].join("\n");
    if (sizeOf(whole) <= limit) return whole;
  }
  const more = (shown: number) => `… and ${lines.length - shown} more; see them with: ${moreWith}`;
  let size = sizeOf(heading);
  const shown = lines.findIndex((line, index) => {
    size += sizeOf(`\n${line}`);
    return size + sizeOf(`\n${more(index + 1)}`) > limit;
  });
  return [heading, ...lines.slice(0, shown), more(shown)].join("\n");
}
