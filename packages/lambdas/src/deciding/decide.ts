import {
  type BuildInput,
  type Decision,
  type ObjectExists,
  type Per,
  type StageDescription,
  type Subject,
  s3Url,
  statusOf,
  statusQuestion,
  type Task,
  unreachable,
} from "@muster/pipeline";

export interface DecideOptions {
  readonly build: BuildInput;
  readonly buckets: StageDescription["buckets"];
  readonly exists: ObjectExists;
}

/**
 * Whether a build runs a task: what it was not asked for, and what is about nothing, is skipped; fake and skip builds run everything else; otherwise the activity's
 * own rule decides, or whether its artifacts are there.
 */
export async function decide<P extends Per>(
  { activity, subject }: Task<P>,
  { build, buckets, exists }: DecideOptions,
): Promise<Decision> {
  if (build.activities.length > 0 && !build.activities.includes(activity.name)) {
    return { run: false, reason: `not asked for: this build runs ${build.activities.join(", ")}` };
  }
  const pointless = whyPointless(subject);
  if (pointless !== undefined) return { run: false, reason: pointless };
  if (build.debug === "fake_ec2" || build.debug === "skip_ec2") {
    return { run: true, reason: `${build.debug.replace("_", "-")} builds skip nothing` };
  }
  if (activity.shouldRun) return activity.shouldRun({ ...subject, build, status: statusQuestion(subject, exists) });
  const { status, evidence } = await statusOf(activity, subject, exists);
  const urls = evidence.map((object) => s3Url(object, buckets)).join(", ");
  if (status !== "not_built") return { run: false, reason: `${urls} ${evidence.length > 1 ? "exist" : "exists"}` };
  return { run: true, reason: urls === "" ? "it runs in every build" : `${urls} does not exist` };
}

/** Why nothing is left that a task could be about: no rule of an activity's own is asked then, which might not think of that. */
function whyPointless(subject: Subject): string | undefined {
  switch (subject.per) {
    case "build":
      return subject.versions.length > 0
        ? undefined
        : `a step of every version failed: ${subject.failedVersions.join(", ")}`;
    case "version":
    case "platform":
      return undefined;
    default:
      return unreachable(subject);
  }
}
