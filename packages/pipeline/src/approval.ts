import * as z from "zod";
import type { BuildInput } from "./build-input.ts";
import { days, hours, type Seconds } from "./duration.ts";
import type { Place } from "./place.ts";
import type { Platform } from "./platform.ts";
import { shortenJson } from "./shorten-json.ts";
import { MAX_CAUSE_BYTES } from "./task.ts";
import type { Version } from "./version.ts";

export interface ApprovalDefinition {
  /** In UpperCamelCase, as an activity's: `ApproveRelease`. */
  readonly name: string;
  /** What is approved, for whoever is asked. */
  readonly summary: string;
  /** How long it waits for an answer; then it fails as `Muster.NotApproved`. A minute or more. Default 3 days, at most 14. */
  readonly timeout?: Seconds;
  /** Whether it is needed here; everywhere where absent. Fake, skip and test builds publish nothing and ask nobody. */
  readonly neededFor?: (asked: AskedFor) => boolean;
}

/** What an approval is asked for. */
export interface AskedFor {
  /** What the build was asked for. */
  readonly build: BuildInput;
  /** Absent where a build is asked for as a whole. */
  readonly version?: Version;
  /** Absent outside of forEachPlatform. */
  readonly platform?: Platform;
}

/**
 * A person's word, for which what follows it in its branch, platform, version or build waits. It is asked for where any
 * of that would run.
 */
export interface Approval extends ApprovalDefinition {
  readonly kind: "approval";
  readonly timeout: Seconds;
}

/** Whether a person has to be asked, as far as the build tells. */
export function approvalNeeded(
  { neededFor }: Pick<Approval, "neededFor">,
  build: BuildInput,
  { per: _, ...named }: Place,
): boolean {
  return build.debug === "" && neededFor?.({ build, ...named }) !== false;
}

/** A build that waits checks its health all the time: its history must have room for what it does besides. */
const LONGEST = days(14);

/** Why nobody could be asked. */
export function approvalProblems({ name, timeout }: Approval): string[] {
  return timeout >= 60 && timeout <= LONGEST ? [] : [`${name}: timeout must be a minute or more and at most 14 days`];
}

/** `3 days`, `12 hours`, `90 minutes`. */
export function describeTimeout(timeout: Seconds): string {
  const [count, unit] =
    timeout % days(1) === 0
      ? [timeout / days(1), "day"]
      : timeout % hours(1) === 0
        ? [timeout / hours(1), "hour"]
        : [Math.round(timeout / 60), "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Who decided when: on AWS the caller's ARN, on one machine the user's name. */
export const Decision = z.object({ by: z.string(), at: z.iso.datetime(), reason: z.string().optional() });
export type Decision = z.infer<typeof Decision>;

/** What becomes of a step that asks: somebody approved, or nobody had to. Stored as `$.results.<Step>`. */
export const ApprovalAnswer = z.union([
  z.object({ success: Decision }),
  z.object({
    skip: z.literal(true),
    reason: z.string(),
    /** Nothing of what it guards would run: all of that is left out. */
    endsHere: z.literal(true).optional(),
  }),
]);
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>;

/** The cause of a rejection: JSON of at most `MAX_CAUSE_BYTES`. */
export function rejectionCause({ by, at, reason }: Decision): string {
  const cause = (text: string) => JSON.stringify({ message: `by ${by} at ${at}${text && `: ${text}`}` });
  const room = MAX_CAUSE_BYTES - new TextEncoder().encode(cause("")).length - 2;
  return cause(shortenJson(reason ?? "", Math.max(0, room)));
}

/** `approved by alice: tested on staging` */
export const approvalNote = ({ by, reason }: Decision): string => `approved by ${by}${reason ? `: ${reason}` : ""}`;
