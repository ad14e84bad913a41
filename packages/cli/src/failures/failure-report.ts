import type { BuildHistory } from "@muster/history";
import {
  type EarlierBuild,
  type FailureGroup,
  failedAlike,
  failureHeadline,
  groupFailures,
  type Place,
  sinceWhen,
  whereItFailed,
} from "@muster/pipeline";
import { NOTHING_LEFT, whyUnreadable } from "../logs/attempt-logs.ts";
import { lastLines } from "../logs/last-lines.ts";
import type { Stage } from "../stages/stage.ts";
import { type BuildFailure, listBuildFailures } from "./build-failures.ts";
import { earlierBuilds } from "./earlier-builds.ts";

/** Why a build failed: failures of the same step with the same error are one cause. */
export interface FailureReport {
  /** What failed, where, and since when: `MakePackage failed on all 6 platforms, not in the 3 builds before`. Empty where no step failed. */
  readonly headline: string;
  readonly causes: readonly FailureCause[];
}

export interface FailureCause {
  readonly group: FailureGroup<BuildFailure>;
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
  return { headline: failureHeadline(causes), causes };
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
