import {
  type BuildInput,
  type Decision,
  evidenceText,
  type IsThere,
  type Per,
  type RetryOf,
  type S3Object,
  type StageDescription,
  type Subject,
  s3Url,
  statusOf,
  statusQuestion,
  type Task,
  unreachable,
} from "@muster/pipeline";
import { decideWithdrawal } from "./decide-withdrawal.ts";
import type { Lookout } from "./lookout.ts";
import { type Decided, isAmong, makeAgain, namesOf, whyMadeAgain } from "./make-again.ts";
import { type Making, whatChanged } from "./what-changed.ts";
import { whyLeftOut } from "./why-left-out.ts";

export interface DecideOptions extends Pick<Lookout, "isThere" | "validUntil"> {
  readonly build: BuildInput;
  readonly buckets: StageDescription["buckets"];
  readonly now: () => Date;
  /** What came before it in this build; a plan, of which nothing has failed, has nothing. */
  readonly before?: readonly unknown[] | undefined;
  /** Absent where nobody wants to know whether what is there would be made otherwise now. */
  readonly making?: Making | undefined;
}

/**
 * Whether a build runs a task: what it was not asked for, and what is about nothing, is skipped; fake and skip builds run everything else; otherwise the activity's
 * own rule decides, or whether its artifacts are there.
 */
export async function decide<P extends Per>(
  task: Task<P>,
  { build, buckets, isThere, validUntil, now, before, making }: DecideOptions,
): Promise<Decided> {
  const { activity } = task;
  if (build.activities.length > 0 && !build.activities.includes(activity.name)) {
    return { run: false, reason: `not asked for: this build runs ${build.activities.join(", ")}` };
  }
  if (build.withdraw !== undefined) return decideWithdrawal(task, { buckets, isThere });
  const pointless = whyLeftOut(task, before) ?? whyPointless(task) ?? whyUnconcerned(task, build);
  if (pointless !== undefined) return { run: false, reason: pointless };
  const asUsual = (there: IsThere) => decideAsUsual(task, { build, buckets, isThere: there, validUntil, now, making });
  const usual = await asUsual(isThere);
  const decision = build.retry === undefined ? usual.decision : decideRetry(namesOf(task), build.retry, usual);
  const why = usual.isForced && decision.run ? undefined : whyMadeAgain(task, build);
  return why === undefined ? decision : makeAgain(task, { decision, why, asUsual, isThere, buckets });
}

interface Usual {
  readonly decision: Decision;
  /** Whether it goes by what is there. */
  readonly byArtifacts: boolean;
  /** Whether the build skips nothing. */
  readonly isForced?: true;
}

async function decideAsUsual<P extends Per>(
  task: Task<P>,
  { build, buckets, isThere, validUntil, now, making }: DecideOptions,
): Promise<Usual> {
  const { activity, subject } = task;
  if (build.debug === "fake_ec2" || build.debug === "skip_ec2") {
    const reason = `${build.debug.replace("_", "-")} builds skip nothing`;
    return { decision: { run: true, reason }, byArtifacts: false, isForced: true };
  }
  const daysValid = async (suite: string) => daysFrom(now(), await validUntil(suite));
  const question = { ...subject, build, status: statusQuestion(subject, isThere), daysValid };
  const own = await activity.shouldRun?.(question);
  const changedOf = () => (making === undefined ? undefined : whatChanged(task, { build, buckets, making }));
  if (own !== undefined) {
    const changed = own.run ? undefined : await changedOf();
    const reason = changed === undefined ? own.reason : `${own.reason}; what is there was ${changed}`;
    return { decision: { ...own, reason }, byArtifacts: false };
  }
  const decision = await decideByArtifacts(task, { buckets, isThere, changedOf });
  return { decision, byArtifacts: decision.reason !== EVERY_BUILD };
}

/** What is done again of a build that retries another: what failed there, whatever is there now; of what was done, only what is gone since. */
function decideRetry(
  names: readonly string[],
  { build, again, waited }: RetryOf,
  { decision, byArtifacts }: Usual,
): Decision {
  const { run, reason } = decision;
  if (isAmong(again, names)) return run ? decision : { run: true, reason: `again after ${build}, although ${reason}` };
  return !run || byArtifacts || isAmong(waited, names) ? decision : { run: false, reason: `done in ${build}` };
}

const EVERY_BUILD = "it runs in every build";

interface ByArtifacts extends Pick<DecideOptions, "buckets" | "isThere"> {
  readonly changedOf: () => Promise<string | undefined> | undefined;
}

async function decideByArtifacts<P extends Per>(
  task: Task<P>,
  { buckets, isThere, changedOf }: ByArtifacts,
): Promise<Decision> {
  const { activity, subject } = task;
  const { status, evidence } = await statusOf(activity, subject, isThere);
  const found = evidence.map((each) => evidenceText(each, buckets)).join(", ");
  if (status !== "not_built") {
    const changed = await changedOf();
    const exists = `${found} ${evidence.length > 1 ? "exist" : "exists"}`;
    return { run: false, reason: changed === undefined ? exists : `${exists}, ${changed}` };
  }
  if (found === "") return { run: true, reason: EVERY_BUILD };
  const restore = activity.restoredFrom?.(subject) ?? [];
  if (restore.length === 0 || !(await areAllThere(restore, isThere))) {
    return { run: true, reason: `${found} does not exist` };
  }
  const from = restore.map((object) => s3Url(object, buckets)).join(", ");
  return { run: true, reason: `${found} does not exist, and is taken from what was published: ${from}`, restore };
}

const daysFrom = (now: Date, then: Date | undefined): number | undefined =>
  then === undefined ? undefined : (then.getTime() - now.getTime()) / (24 * 3600 * 1000);

async function areAllThere(objects: readonly S3Object[], isThere: IsThere): Promise<boolean> {
  return (await Promise.all(objects.map(isThere))).every(Boolean);
}

/** Why a task is about none of the platforms that the build was asked for. Before GetPlatformsForVersion nobody can tell. */
function whyUnconcerned<P extends Per>({ activity, subject }: Task<P>, build: BuildInput): string | undefined {
  if (activity.per !== "version" || subject.per !== "version" || build.platforms.length === 0) return undefined;
  const { platforms, buildPlatforms } = subject;
  if (platforms.length === 0) return undefined;
  const concerned = activity.worksOn?.(subject);
  if (concerned === undefined || concerned.some((platform) => buildPlatforms.includes(platform))) return undefined;
  return `it works on ${named(concerned)}, and this build is of ${named(buildPlatforms)}`;
}

const named = (platforms: readonly string[]): string =>
  platforms.length > 0 ? platforms.join(", ") : "no platform of this version";

/** Why nothing is left that a task could be about: no rule of an activity's own is asked then, which might not think of that. */
function whyPointless<P extends Per>(task: Task<P>): string | undefined {
  const subject: Subject = task.subject;
  switch (subject.per) {
    case "build":
      return subject.versions.length > 0 || task.activity.runsWhen === "always"
        ? undefined
        : `a step of every version failed: ${subject.failedVersions.join(", ")}`;
    case "version":
    case "platform":
      return undefined;
    default:
      return unreachable(subject);
  }
}
