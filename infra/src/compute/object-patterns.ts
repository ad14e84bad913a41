import {
  type Activity,
  type BucketRole,
  type Pipeline,
  type Platform,
  parseLinuxPlatform,
  type S3Object,
  type Version,
  type VersionSubject,
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
export function objectPatterns(
  { per }: Pick<Activity, "per">,
  pipeline: Pipeline,
  objectsOf: (subject: VersionSubject) => readonly S3Object[],
): S3Object[] {
  const platforms = per === "platform" ? samplePlatforms(pipeline) : [undefined];
  const objects = [RELEASE, NIGHTLY].flatMap((version) =>
    platforms.flatMap((platform) => {
      const subject = { version, platforms: [], ...(platform === undefined ? {} : { platform }) };
      return objectsOf(subject).map(({ bucket, key }) => ({ bucket, key: generalise(key, { version, platform }) }));
    }),
  );
  return unique(objects);
}

/** What its tasks write: what the definition's `access` says, else what it produces and publishes. */
export function writtenPatterns(activity: Activity, pipeline: Pipeline): S3Object[] {
  const { access: { writes } = {}, produces, publishes } = activity;
  if (writes === undefined) {
    return objectPatterns(activity, pipeline, (subject) => [
      ...(produces?.(subject) ?? []),
      ...(publishes?.(subject) ?? []),
    ]);
  }
  const prefixes = typeof writes === "function" ? objectPatterns(activity, pipeline, writes) : writes;
  return asPrefixes(prefixes);
}

/** Whatever begins with these keys. */
export const asPrefixes = (objects: readonly S3Object[] = []): S3Object[] =>
  objects.map(({ bucket, key }) => ({ bucket, key: `${key}*` }));

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
  const versions = [RELEASE, NIGHTLY];
  return [...new Set(versions.map((version) => generalise(text(version), { version, platform: undefined })))];
}

function generalise(key: string, { version, platform }: { version: Version; platform: Platform | undefined }): string {
  const parts = version === RELEASE ? RELEASE_PARTS : [version, version.replaceAll(".", "")];
  const variable = [...(platform?.includes(CODENAME) ? [platform, LINUX_RELEASE, CODENAME] : []), ...parts];
  return variable.reduce((pattern, part) => pattern.replaceAll(part, "*"), key);
}

/** Each once, in an order that does not change. */
export function unique(objects: readonly S3Object[]): S3Object[] {
  const byUrl = new Map(objects.map((object) => [`${object.bucket}/${object.key}`, object]));
  return [...byUrl].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

/** The ones in one bucket. */
export const keysIn = (objects: readonly S3Object[], role: BucketRole): string[] =>
  objects.filter(({ bucket }) => bucket === role).map(({ key }) => key);
