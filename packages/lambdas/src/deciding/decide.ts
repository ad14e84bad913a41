import {
  type BuildInput,
  type Decision,
  type ObjectExists,
  type Per,
  type StageDescription,
  s3Url,
  statusOf,
  statusQuestion,
  type Task,
} from "@muster/pipeline";

export interface DecideOptions {
  readonly build: BuildInput;
  readonly buckets: StageDescription["buckets"];
  readonly exists: ObjectExists;
}

/**
 * Whether a build runs a task: what it was not asked for is skipped; fake and skip builds run everything else; otherwise the activity's
 * own rule decides, or whether its artifacts are there.
 */
export async function decide<P extends Per>(
  { activity, subject }: Task<P>,
  { build, buckets, exists }: DecideOptions,
): Promise<Decision> {
  if (build.activities.length > 0 && !build.activities.includes(activity.name)) {
    return { run: false, reason: `not asked for: this build runs ${build.activities.join(", ")}` };
  }
  if (build.debug === "fake_ec2" || build.debug === "skip_ec2") {
    return { run: true, reason: `${build.debug.replace("_", "-")} builds skip nothing` };
  }
  if (activity.shouldRun) return activity.shouldRun({ ...subject, build, status: statusQuestion(subject, exists) });
  const { status, evidence } = await statusOf(activity, subject, exists);
  const urls = evidence.map((object) => s3Url(object, buckets)).join(", ");
  if (status !== "not_built") return { run: false, reason: `${urls} ${evidence.length > 1 ? "exist" : "exists"}` };
  return { run: true, reason: urls === "" ? "it runs in every build" : `${urls} does not exist` };
}
