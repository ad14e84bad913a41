import type { Activity } from "./activity.ts";
import type { BuildInput } from "./build-input.ts";
import { channelOf } from "./channel.ts";
import { inputVariables } from "./inputs-of-build.ts";
import type { Pipeline } from "./pipeline.ts";
import { type BucketRole, type S3Object, s3Url } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";
import { objectsTakenBack } from "./taken-back.ts";
import type { Task } from "./tasks-of.ts";
import { unreachable } from "./unreachable.ts";
import type { Version } from "./version.ts";
import { debianVersion, rpmVersion } from "./versions/package-version.ts";
import { schemeOf } from "./versions/scheme-of.ts";
import type { VersionScheme } from "./versions/version-scheme.ts";

type Buckets = Readonly<Record<BucketRole, string>>;
type Variables = Readonly<Record<string, string>>;

/**
 * The environment of a task's script: the standard variables, the pipeline's, the activity's; later ones win.
 * SCRATCH_BUCKET and DOWNLOADS_BUCKET; VERSION, DISTRO (platform tasks), PLATFORMS (version tasks: all of the version)
 * and BUILD_PLATFORMS (those of them that this build makes), IS_NIGHTLY, where the pipeline names its scheme of versions what
 * packages are called (see namesOf), where it has channels CHANNEL, and where it has a source S3_BUCKET, S3_PATH and S3_SOURCE;
 * RESTORE_FROM for what expired and was published, MADE_AGAIN for what is made again though it is there, TAKE_BACK for what a
 * withdrawal takes from users; INPUT_NAME for each input of the build. A build's own task has VERSIONS and
 * FAILED_VERSIONS, the buckets, the inputs, and nothing of the pipeline's env, which is a version's.
 * @throws InvalidInputError naming an input that was declared after the build had begun, and has no default
 */
export function taskEnvironment<P extends Per>(
  pipeline: Pipeline,
  { activity, subject }: Task<P>,
  { build, buckets, restore, again }: TaskCircumstances,
): Record<string, string> {
  return {
    ...inputVariables(pipeline.inputs, build),
    ...variablesOf(subject, pipeline, { build, buckets }),
    ...(restore !== undefined && { RESTORE_FROM: restore.map((object) => s3Url(object, buckets)).join(" ") }),
    ...(again && { MADE_AGAIN: "true" }),
    ...(build.withdraw !== undefined && {
      TAKE_BACK: objectsTakenBack(activity as Activity<P>, subject)
        .map((object) => s3Url(object, buckets))
        .join(" "),
    }),
    ...activity.env?.({ ...subject, build }),
  };
}

interface Around {
  readonly build: BuildInput;
  readonly buckets: Buckets;
}

interface TaskCircumstances extends Around {
  readonly restore?: readonly S3Object[] | undefined;
  readonly again?: true | undefined;
}

function variablesOf(subject: Subject, pipeline: Pipeline, around: Around): Variables {
  switch (subject.per) {
    case "build": {
      const { versions, failedVersions } = subject;
      return { VERSIONS: versions.join(" "), FAILED_VERSIONS: failedVersions.join(" "), ...storage(around.buckets) };
    }
    case "version":
      return {
        PLATFORMS: subject.platforms.join(" "),
        BUILD_PLATFORMS: subject.buildPlatforms.join(" "),
        ...ofVersion(subject.version, pipeline, around),
      };
    case "platform":
      return { DISTRO: subject.platform, ...ofVersion(subject.version, pipeline, around) };
    default:
      return unreachable(subject);
  }
}

function ofVersion(version: Version, pipeline: Pipeline, { build, buckets }: Around): Variables {
  const source = pipeline.source?.(version);
  return {
    VERSION: version,
    IS_NIGHTLY: String(schemeOf(pipeline).isNightly(version)),
    ...(pipeline.versions !== undefined && namesOf(version, pipeline.versions)),
    ...(pipeline.channels !== undefined && { CHANNEL: channelOf(pipeline.channels, version).name }),
    ...storage(buckets),
    ...(source !== undefined && {
      S3_BUCKET: buckets[source.bucket],
      S3_PATH: source.key,
      S3_SOURCE: s3Url(source, buckets),
    }),
    ...pipeline.env?.({ version, build }),
  };
}

/** Of `1.0.0-rc1`, second package: IS_RELEASE false, UPSTREAM_VERSION 1.0.0-rc1, REVISION 2, EPOCH empty, DEBIAN_VERSION 1.0.0~rc1-2, RPM_VERSION 1.0.0~rc1, RPM_RELEASE 2. */
function namesOf(version: Version, scheme: VersionScheme): Variables {
  const { epoch = "", upstream, revision } = scheme.parts(version);
  const rpm = rpmVersion(scheme, version);
  return {
    IS_RELEASE: String(scheme.isRelease(version)),
    UPSTREAM_VERSION: upstream,
    REVISION: revision,
    EPOCH: epoch,
    DEBIAN_VERSION: debianVersion(scheme, version),
    RPM_VERSION: rpm.version,
    RPM_RELEASE: rpm.release,
  };
}

const storage = ({ scratch, downloads }: Buckets): Variables => ({
  SCRATCH_BUCKET: scratch,
  DOWNLOADS_BUCKET: downloads,
});
