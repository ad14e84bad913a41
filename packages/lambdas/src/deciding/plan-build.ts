import type { S3Client } from "@aws-sdk/client-s3";
import {
  type Activity,
  type BuildInput,
  type Decision,
  type Pipeline,
  type Platform,
  type StageDescription,
  taskName,
} from "@muster/pipeline";
import { decide } from "./decide.ts";
import { objectExists } from "./object-exists.ts";
import { platformsOfVersion } from "./platforms-of-version.ts";

export interface PlannedStep extends Decision {
  readonly task: string;
  readonly activity: string;
  readonly version: string;
  readonly platform?: Platform;
}

/**
 * What a build would run or skip if it were started now, with the evidence; nothing is started. Steps that depend on what earlier steps
 * of the same build will make are judged by what is there today.
 */
export async function planBuild(
  build: BuildInput,
  { pipeline, stage, s3 }: { pipeline: Pipeline; stage: Pick<StageDescription, "buckets">; s3: S3Client },
): Promise<PlannedStep[]> {
  const exists = objectExists(s3, stage.buckets);
  const step = async (activity: Activity, version: string, platforms: Platform[], platform?: Platform) => {
    const subject = { version, platforms, ...(platform === undefined ? {} : { platform }) };
    return {
      task: taskName(activity.name, subject),
      activity: activity.name,
      version,
      ...(platform === undefined ? {} : { platform }),
      ...(await decide(activity, subject, { build, buckets: stage.buckets, exists })),
    };
  };
  const plans = build.versions.map(async (version) => {
    const platforms = await platformsOfVersion(pipeline, version, { build, s3 });
    const steps = pipeline.activities.flatMap((activity) =>
      activity.per === "version"
        ? [step(activity, version, platforms)]
        : platforms.map((platform) => step(activity, version, platforms, platform)),
    );
    return Promise.all(steps);
  });
  return (await Promise.all(plans)).flat();
}
