import {
  type Activity,
  type BucketRole,
  imageTag,
  objectsOf,
  objectsTakenBack,
  type Per,
  type Pipeline,
  type Platform,
  parseLinuxPlatform,
  rpmVersion,
  type S3Object,
  type Subject,
  schemeOf,
  type Task,
  tasksOf,
  unreachable,
  type Version,
  type VersionScheme,
} from "@muster/pipeline";

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
      objectsAt(task).map(({ bucket, key }) => ({
        bucket,
        key: generalise(key, variablesOf(task.subject, schemeOf(pipeline))),
      })),
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

/** What its withdrawal removes. A bucket that keeps versions keeps these: no worker may remove a version. */
export function takenBackPatterns(activity: Activity, pipeline: Pipeline): S3Object[] {
  const { withdraw } = activity;
  if (withdraw?.kind !== "script") return [];
  const named = objectPatterns(activity, pipeline, (task) => objectsTakenBack(task.activity, task.subject));
  return [...named, ...asPrefixes(withdraw.deletes)];
}

function writtenBy<P extends Per>({ activity: { access }, subject }: Task<P>): readonly S3Object[] {
  return typeof access?.writes === "function" ? access.writes(subject) : [];
}

/** Whatever begins with these keys. */
export const asPrefixes = (objects: readonly S3Object[] = []): S3Object[] =>
  objects.map(({ bucket, key }) => ({ bucket, key: `${key}*` }));

/** Tasks of which at least one names what any other may name. */
function sampleTasks(activity: Activity, pipeline: Pipeline): Task[] {
  const { samples } = schemeOf(pipeline);
  switch (activity.per) {
    case "build": {
      // Of one version each, which names of several must match too; and of several, where these are named otherwise.
      const builds = [...samples.map((sample) => [sample]), samples];
      const failures = [[], ...samples.map((sample) => [sample])];
      return builds.flatMap((versions) =>
        failures.map((failedVersions): Task => ({ activity, subject: { per: "build", versions, failedVersions } })),
      );
    }
    case "version":
    case "platform": {
      const platforms = samplePlatforms(pipeline);
      return tasksOf(
        activity,
        samples.map((version) => ({ version, platforms, buildPlatforms: platforms })),
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

/** What a text becomes for versions of each kind, with `*` where the version stands. */
export function keyOfAnyVersion(text: (version: Version) => string, scheme: VersionScheme): string[] {
  return [...new Set(scheme.samples.map((version) => generalise(text(version), partsOfVersion(version, scheme))))];
}

/** What of a key is of this subject and may be otherwise for another one. */
function variablesOf(subject: Subject, scheme: VersionScheme): string[] {
  const partsOf = (version: Version) => partsOfVersion(version, scheme);
  switch (subject.per) {
    case "build":
      return [...subject.versions, ...subject.failedVersions].flatMap(partsOf);
    case "version":
      return partsOf(subject.version);
    case "platform":
      return [...partsOfPlatform(subject.platform), ...partsOf(subject.version)];
    default:
      return unreachable(subject);
  }
}

/** A sample's numbers have this many digits where they can be told from others. */
const TELLING = 4;

/** A sample as keys may hold it: as it is, as packages and images are called, without dots, and what it begins with. */
function partsOfVersion(version: Version, scheme: VersionScheme): string[] {
  const { epoch = "", upstream, packaged, revision } = scheme.parts(version);
  const series = [...upstream.matchAll(/[^A-Za-z0-9]/g)].map(({ index }) => upstream.slice(0, index));
  const called = [packaged, rpmVersion(scheme, version).version, imageTag(version), version.replaceAll(".", "")];
  return [version, upstream, ...called, ...[...series, epoch, revision].filter(({ length }) => length >= TELLING)];
}

const partsOfPlatform = (platform: Platform): string[] =>
  platform.includes(CODENAME) ? [platform, LINUX_RELEASE, CODENAME] : [];

/** The longer first, of which others may be parts. */
const generalise = (key: string, variables: readonly string[]): string =>
  variables.toSorted((a, b) => b.length - a.length).reduce((pattern, part) => pattern.replaceAll(part, "*"), key);

/** Each once, in an order that does not change. */
export function unique(objects: readonly S3Object[]): S3Object[] {
  const byUrl = new Map(objects.map((object) => [`${object.bucket}/${object.key}`, object]));
  return [...byUrl].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

/** The ones in one bucket. */
export const keysIn = (objects: readonly S3Object[], role: BucketRole): string[] =>
  objects.filter(({ bucket }) => bucket === role).map(({ key }) => key);
