import { DeleteObjectCommand, HeadObjectCommand, NotFound, type S3Client } from "@aws-sdk/client-s3";
import {
  activityNamed,
  downloads,
  isAptPackage,
  mayTouch,
  type Per,
  type Pipeline,
  type Published,
  type S3Object,
  type Task,
  type TaskInput,
  taskAt,
} from "@muster/pipeline";
import { leaveEvidence } from "@muster/simulation";

interface Stored {
  readonly s3: S3Client;
  readonly pipeline: Pipeline;
}

const BUCKETS = { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" };

/**
 * Does what a task's script would: leaves what its definition says that it makes, as far as it may write it, uploads what others have produced and it may write, and
 * removes what it may remove.
 * @param keepsItself whether a step that says nothing of what it writes publishes by itself
 */
export async function playScript(
  input: TaskInput,
  { s3, pipeline, keepsItself, platforms }: Stored & { keepsItself: boolean; platforms: readonly string[] },
): Promise<void> {
  const task = taskOf(input, pipeline, platforms);
  const { access } = task.activity;
  for (const what of producedBy(task)) if (mayTouch(task, "writes", what)) await leave(s3, what);
  const leavesIt = access?.writes !== undefined || producedBy(task).length === 0 || keepsItself;
  for (const what of publishedBy(task)) if (leavesIt && mayWrite(task, what)) await leave(s3, what);
  if (access?.writes !== undefined) await uploadForOthers(task, { s3, pipeline, platforms });
  for (const other of pipeline.activities) {
    for (const each of tasksNear(other, task, platforms)) {
      for (const what of producedBy(each)) if (mayTouch(task, "deletes", what)) await remove(s3, what);
    }
  }
}

async function uploadForOthers(
  task: Task,
  { s3, pipeline, platforms }: Stored & { platforms: readonly string[] },
): Promise<void> {
  for (const other of pipeline.activities) {
    if (other.name === task.activity.name) continue;
    for (const owner of tasksNear(other, task, platforms)) {
      const isBuilt = (await Promise.all(producedBy(owner).map((what) => exists(s3, what)))).every(Boolean);
      const wanted = publishedBy(owner).filter((what) => !mayWrite(owner, what) && mayWrite(task, what));
      if (isBuilt) for (const what of wanted) await leave(s3, what);
    }
  }
}

/** Tasks of a step that have a place in common with a task. */
function tasksNear(activity: Task["activity"], { subject }: Task, platforms: readonly string[]): Task[] {
  const versions = subject.per === "build" ? subject.versions : [subject.version];
  const around = { platforms, buildPlatforms: platforms, versions, failedVersions: [] };
  if (activity.per === "build") return [taskAt(activity, { per: "build" }, around)];
  if (activity.per === "version")
    return versions.map((version) => taskAt(activity, { per: "version", version }, around));
  const here = subject.per === "platform" ? [subject.platform] : platforms;
  return versions.flatMap((version) =>
    here.map((platform) => taskAt(activity, { per: "platform", version, platform }, around)),
  );
}

function taskOf(input: TaskInput, pipeline: Pipeline, platforms: readonly string[]): Task {
  const words = (variable: string) => (input.env[variable] ?? "").split(" ").filter((word) => word !== "");
  const around = { platforms, buildPlatforms: platforms, versions: words("VERSIONS"), failedVersions: [] };
  return taskAt(activityNamed(pipeline, input.activity), input, around);
}

const producedBy = <P extends Per>({ activity, subject }: Task<P>): readonly S3Object[] =>
  activity.produces?.(subject) ?? [];

const publishedBy = <P extends Per>({ activity, subject }: Task<P>): readonly Published[] =>
  activity.publishes?.(subject) ?? [];

const mayWrite = (task: Task, what: Published): boolean =>
  mayTouch(task, "writes", isAptPackage(what) ? downloads(what.suite.key) : what);

const leave = (s3: S3Client, what: Published) => leaveEvidence(s3, what, { buckets: BUCKETS, text: "made" });

async function remove(s3: S3Client, { bucket, key }: S3Object): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: BUCKETS[bucket], Key: key }));
}

async function exists(s3: S3Client, { bucket, key }: S3Object): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: BUCKETS[bucket], Key: key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
