import type { Activity } from "./activity.ts";
import type { BuildInput } from "./build-input.ts";
import type { Pipeline } from "./pipeline.ts";
import { type BucketRole, s3Url } from "./s3-object.ts";
import type { VersionSubject } from "./subject.ts";
import { isNightly } from "./version.ts";

/**
 * The environment of a task's script: the standard variables, the pipeline's, the activity's; later ones win.
 * VERSION, DISTRO (platform tasks), PLATFORMS (version tasks), IS_NIGHTLY, S3_BUCKET, S3_PATH and S3_SOURCE (where the pipeline has a source),
 * SCRATCH_BUCKET and DOWNLOADS_BUCKET.
 */
export function taskEnvironment(
  pipeline: Pipeline,
  activity: Activity,
  {
    subject,
    build,
    buckets,
  }: { subject: VersionSubject; build: BuildInput; buckets: Readonly<Record<BucketRole, string>> },
): Record<string, string> {
  const { version, platform, platforms } = subject;
  const source = pipeline.source?.(version);
  return {
    VERSION: version,
    ...(platform === undefined ? { PLATFORMS: platforms.join(" ") } : { DISTRO: platform }),
    IS_NIGHTLY: String(isNightly(version)),
    SCRATCH_BUCKET: buckets.scratch,
    DOWNLOADS_BUCKET: buckets.downloads,
    ...(source === undefined
      ? {}
      : { S3_BUCKET: buckets[source.bucket], S3_PATH: source.key, S3_SOURCE: s3Url(source, buckets) }),
    ...pipeline.env?.({ version }),
    ...activity.env?.({ ...subject, build }),
  };
}
