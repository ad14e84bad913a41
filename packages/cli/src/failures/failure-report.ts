import type { BuildHistory } from "@muster/history";
import type { Place } from "@muster/pipeline";
import { counted } from "../counted.ts";
import { NOTHING_LEFT, whyUnreadable } from "../logs/attempt-logs.ts";
import { lastLines } from "../logs/last-lines.ts";
import type { Stage } from "../stages/stage.ts";
import { type BuildFailure, listBuildFailures } from "./build-failures.ts";
import { type EarlierBuild, earlierBuilds, failedAlike, sinceWhen } from "./earlier-builds.ts";
import { type FailureGroup, groupFailures } from "./group-failures.ts";
import { whereItFailed } from "./where-it-failed.ts";

/** Why a build failed: failures of the same step with the same error are one cause. */
export interface FailureReport {
  /** What failed, where, and since when: `MakePackage failed on all 6 platforms, not in the 3 builds before`. Empty where no step failed. */
  readonly headline: string;
  readonly causes: readonly FailureCause[];
}

export interface FailureCause {
  readonly group: FailureGroup;
  /** `on 2 of 3 platforms`; empty for a step of the build's own. */
  readonly where: string;
  /** `in the 3 builds before too`; empty where there were none. */
  readonly since: string;
  /** Names of the builds before it, the latest first, that failed of the same; null where they could not be read. */
  readonly alsoIn: readonly string[] | null;
  readonly log: CauseLog;
}

/** The end of the log of a cause's first failure; of steps that ran on no worker, and beyond the first causes, there is none. */
export type CauseLog =
  | { readonly kind: "none" }
  | { readonly kind: "lines"; readonly lines: readonly string[] }
  | { readonly kind: "unreadable"; readonly why: string };

export const LAST_LINES = 10;
/** Of how many causes the log is read: GetLogEvents takes some calls a second, and nobody reads on. */
const MOST_LOGS = 10;

type Source = Pick<Stage, "sfn" | "s3" | "logs" | "description">;

/** Reads what is to be said of a build that has ended badly. What cannot be read is said, and fails nothing. */
export async function reportFailures(
  stage: Source,
  { build, name, executionArn }: { build: BuildHistory; name: string; executionArn: string },
): Promise<FailureReport> {
  const groups = groupFailures(listBuildFailures(build));
  if (groups.length === 0) return { headline: "", causes: [] };
  const earlier = await earlierBuilds(stage, { executionArn, startedAt: build.startedAt }).catch(() => undefined);
  const causes: FailureCause[] = [];
  for (const [index, group] of groups.entries()) {
    const log = index < MOST_LOGS ? await logOf(stage, group.first, name) : ({ kind: "none" } as const);
    causes.push({
      group,
      where: whereItFailed(placesOf(group), placesThatRan(build, group)),
      log,
      ...history(group, earlier),
    });
  }
  return { headline: headlineOf(causes), causes };
}

function history(
  group: FailureGroup,
  earlier: readonly EarlierBuild[] | undefined,
): Pick<FailureCause, "since" | "alsoIn"> {
  if (earlier === undefined) return { since: "", alsoIn: null };
  const alike = failedAlike(group, earlier);
  const alsoIn = earlier.filter((_, index) => alike[index]).map(({ name }) => name);
  return { since: sinceWhen(alike, earlier), alsoIn };
}

async function logOf(stage: Source, { failed, key, attempt }: BuildFailure, build: string): Promise<CauseLog> {
  if (attempt === undefined) return { kind: "none" };
  try {
    const { instance } = attempt;
    const lines = await lastLines(stage, { task: key, build, activity: failed.step, instance }, LAST_LINES);
    if (lines === undefined) return { kind: "unreadable", why: NOTHING_LEFT };
    return { kind: "lines", lines };
  } catch (error) {
    return { kind: "unreadable", why: whyUnreadable(error) };
  }
}

const placesOf = ({ members }: FailureGroup): Place[] => members.map(({ failed }) => failed);

/** What was skipped could not fail. */
function placesThatRan({ steps }: BuildHistory, { step }: FailureGroup): Place[] {
  return steps.filter(({ name, state }) => name === step && state !== "skipped");
}

/** Of how many causes the first line tells. */
const MOST_NAMED = 3;

function headlineOf(causes: readonly FailureCause[]): string {
  const [only] = causes;
  if (only === undefined) return "";
  if (causes.length === 1) {
    const same = only.group.members.length > 1 ? "with the same error " : "";
    return [`${only.group.step} failed ${same}${only.where}`.trimEnd(), only.since]
      .filter((part) => part !== "")
      .join(", ");
  }
  const named = causes.slice(0, MOST_NAMED).map(({ group, where }) => `${group.step} ${where}`.trimEnd());
  const more = causes.length - named.length;
  return `${counted(causes.length, "different failure")}: ${named.join("; ")}${more > 0 ? `; … and ${more} more` : ""}`;
}
