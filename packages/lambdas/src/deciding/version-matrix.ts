import type { S3Client } from "@aws-sdk/client-s3";
import {
  type BuildStatus,
  evidenceText,
  type Per,
  type Pipeline,
  type Place,
  parseVersion,
  placeOf,
  type StageDescription,
  statusOf,
  type Task,
  tasksOf,
} from "@muster/pipeline";
import { lookout } from "./lookout.ts";
import { supportedPlatforms } from "./platforms-of-version.ts";

/** One activity's artifacts, for the version or on one of its platforms. */
export type MatrixCell = Place & {
  readonly activity: string;
  readonly status: BuildStatus;
  /** What decided: URLs of objects, packages in suites; all that is there, or the first that is missing. */
  readonly evidence: readonly string[];
};

/** What is there of one version. */
export interface VersionMatrix {
  readonly version: string;
  readonly platforms: readonly string[];
  /** In the pipeline's order; activities that leave nothing behind are not in it. */
  readonly cells: readonly MatrixCell[];
}

/**
 * The state of every artifact of a version: `succeeded`, `built_not_published` or `not_built`, for each platform where an activity runs per platform.
 * @throws InvalidInputError for what is not a version
 */
export async function versionMatrix(
  word: string,
  { pipeline, stage, s3 }: { pipeline: Pipeline; stage: Pick<StageDescription, "buckets">; s3: S3Client },
): Promise<VersionMatrix> {
  const version = parseVersion(word, pipeline);
  const platforms = await supportedPlatforms(pipeline, version, s3);
  const { isThere } = lookout(s3, stage.buckets);
  const tasks = pipeline.activities.flatMap((activity) => {
    if (activity.produces === undefined && activity.publishes === undefined) return [];
    return tasksOf(activity, [{ version, platforms, buildPlatforms: platforms }]);
  });
  const cellOf = async <P extends Per>({ activity, subject }: Task<P>): Promise<MatrixCell> => {
    const { status, evidence } = await statusOf(activity, subject, isThere);
    return {
      activity: activity.name,
      ...placeOf(subject),
      status,
      evidence: evidence.map((each) => evidenceText(each, stage.buckets)),
    };
  };
  return { version, platforms, cells: await Promise.all(tasks.map(cellOf)) };
}
