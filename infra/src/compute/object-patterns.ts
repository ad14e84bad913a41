import {
  type Activity,
  type BucketRole,
  objectsOf,
  type Per,
  type Pipeline,
  type Platform,
  parseLinuxPlatform,
  type S3Object,
  type Subject,
  type Task,
  tasksOf,
  unreachable,
  type Version,
} from "@muster/pipeline";

/** Versions that no release has: where they stand in a key, any version may stand. */
const RELEASE: Version = "97531.86420.75319";
const NIGHTLY: Version = "9753.10.29";
/** Parts of a release's number as keys may hold them; the longest first. */
const RELEASE_PARTS = [RELEASE, "97531.86420", "97531"];
const CODENAME = "zqjxzqjx";
const LINUX_RELEASE = "97531.24";

/**
 * Keys of objects that a definition names by functions, for every version and platform, as IAM's patterns: `hhvm-*.tar.gz`. The functions are asked about
 * versions and platforms that cannot be, which then become `*`.
 */
function objectPatterns(
  activity: Activity,
  pipeline: Pipeline,
  objectsAt: <P extends Per>(task: Task<P>) => readonly S3Object[],
): S3Object[] {
  return unique(
    sampleTasks(activity, pipeline).flatMap((task) =>
      objectsAt(task).map(({ bucket, key }) => ({ bucket, key: generalise(key, variablesOf(task.subject)) })),
    ),
  );
}

/** What its tasks write: what the definition's `access` says, else what it produces and publishes. */
export function writtenPatterns(activity: Activity, pipeline: Pipeline): S3Object[] {
  const writes = activity.access?.writes;
  if (writes === undefined) {
    return objectPatterns(activity, pipeline, (task) => objectsOf(task.activity, task.subject));
  }
  if (typeof writes !== "function") return asPrefixes(writes);
  return asPrefixes(objectPatterns(activity, pipeline, writtenBy));
}

function writtenBy<P extends Per>({ activity: { access }, subject }: Task<P>): readonly S3Object[] {
  return typeof access?.writes === "function" ? access.writes(subject) : [];
}

/** Whatever begins with these keys. */
export const asPrefixes = (objects: readonly S3Object[] = []): S3Object[] =>
  objects.map(({ bucket, key }) => ({ bucket, key: `${key}*` }));

/** Tasks of which at least one names what any other may name. */
function sampleTasks(activity: Activity, pipeline: Pipeline): Task[] {
  switch (activity.per) {
    case "build": {
      // Of one version each, which names of several must match too; and of several, where these are named otherwise.
      const builds = [[RELEASE], [NIGHTLY], [RELEASE, NIGHTLY]];
      const failures = [[], [RELEASE], [NIGHTLY]];
      return builds.flatMap((versions) =>
        failures.map((failedVersions): Task => ({ activity, subject: { per: "build", versions, failedVersions } })),
      );
    }
    case "version":
    case "platform": {
      const platforms = samplePlatforms(pipeline);
      return tasksOf(
        activity,
        [RELEASE, NIGHTLY].map((version) => ({ version, platforms, buildPlatforms: platforms })),
      );
    }
    default:
      return unreachable(activity);
  }
}

/** A Linux platform stands for its family; any other one for itself. */
function samplePlatforms({ platforms }: Pipeline): Platform[] {
  const anyLinux = ["debian", "ubuntu"].map((family) => `${family}-${LINUX_RELEASE}-${CODENAME}`);
  if (platforms.kind === "listed") return anyLinux;
  const families = new Set(platforms.names.map((name) => parseLinuxPlatform(name)?.family));
  const others = platforms.names.filter((name) => parseLinuxPlatform(name) === undefined);
  return [...anyLinux.filter((name) => families.has(parseLinuxPlatform(name)?.family)), ...others];
}

/** What a text becomes for releases and for nightlies, with `*` where the version stands. */
export function keyOfAnyVersion(text: (version: Version) => string): string[] {
  return [...new Set([RELEASE, NIGHTLY].map((version) => generalise(text(version), partsOfVersion(version))))];
}

/** What of a key is of this subject and may be otherwise for another one, the longer first. */
function variablesOf(subject: Subject): string[] {
  switch (subject.per) {
    case "build":
      return [...subject.versions, ...subject.failedVersions].flatMap(partsOfVersion);
    case "version":
      return partsOfVersion(subject.version);
    case "platform":
      return [...partsOfPlatform(subject.platform), ...partsOfVersion(subject.version)];
    default:
      return unreachable(subject);
  }
}

const partsOfVersion = (version: Version): string[] =>
  version === RELEASE ? RELEASE_PARTS : [version, version.replaceAll(".", "")];

const partsOfPlatform = (platform: Platform): string[] =>
  platform.includes(CODENAME) ? [platform, LINUX_RELEASE, CODENAME] : [];

const generalise = (key: string, variables: readonly string[]): string =>
  variables.reduce((pattern, part) => pattern.replaceAll(part, "*"), key);

/** Each once, in an order that does not change. */
export function unique(objects: readonly S3Object[]): S3Object[] {
  const byUrl = new Map(objects.map((object) => [`${object.bucket}/${object.key}`, object]));
  return [...byUrl].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

/** The ones in one bucket. */
export const keysIn = (objects: readonly S3Object[], role: BucketRole): string[] =>
  objects.filter(({ bucket }) => bucket === role).map(({ key }) => key);
