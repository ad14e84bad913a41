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
import { type Withdrawn, withdrawalOf } from "../records/withdrawals.ts";
import { lookout } from "./lookout.ts";
import { supportedPlatforms } from "./platforms-of-version.ts";

/** One activity's artifacts, for the version or on one of its platforms. */
export type MatrixCell = Place & {
  readonly activity: string;
  /** `withdrawn`: it was taken back, and users do not have it. */
  readonly status: BuildStatus | "withdrawn";
  /** What decided: URLs of objects, packages in suites; all that is there, or the first that is missing. */
  readonly evidence: readonly string[];
};

/** How a version was taken back. */
export interface WithdrawalJson {
  /** When that began. */
  readonly at: Date;
  /** Who wanted it, and why; null where nobody said. */
  readonly by: string | null;
  readonly reason: string | null;
  /** The build that did it. */
  readonly build: string;
}

/** What is there of one version. */
export interface VersionMatrix {
  readonly version: string;
  readonly platforms: readonly string[];
  /** How it was taken back; null where it was not, or was published again. */
  readonly withdrawal: WithdrawalJson | null;
  /** In the pipeline's order; activities that leave nothing behind are not in it. */
  readonly cells: readonly MatrixCell[];
}

/**
 * The state of every artifact of a version: `succeeded`, `built_not_published`, `not_built` or `withdrawn`, for each platform where an activity runs per platform.
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
  const withdrawn = await withdrawalOf(s3, stage.buckets.state, version);
  const cellOf = async <P extends Per>({ activity, subject }: Task<P>): Promise<MatrixCell> => {
    const { status, evidence } = await statusOf(activity, subject, isThere);
    return {
      activity: activity.name,
      ...placeOf(subject),
      status:
        withdrawn !== undefined && activity.publishes !== undefined && status !== "succeeded" ? "withdrawn" : status,
      evidence: evidence.map((each) => evidenceText(each, stage.buckets)),
    };
  };
  const cells = await Promise.all(tasks.map(cellOf));
  return { version, platforms, withdrawal: withdrawalJson(withdrawn), cells };
}

/** The same as `--json` prints it. */
export const withdrawalJson = (withdrawn: Withdrawn | undefined): WithdrawalJson | null =>
  withdrawn === undefined
    ? null
    : { at: withdrawn.at, by: withdrawn.by ?? null, reason: withdrawn.reason ?? null, build: withdrawn.build };
