import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { NoSuchBucket, type S3Client } from "@aws-sdk/client-s3";
import {
  type AptPackage,
  byHashPath,
  type Fields,
  type IndexFile,
  parseControl,
  parseRelease,
  type ReleaseFile,
  type S3Object,
  type StageDescription,
  s3Url,
} from "@muster/pipeline";
import { readObject } from "@muster/records";
import { notKnown, type ObjectFacts } from "./head-object.ts";

interface Suite extends Pick<ReleaseFile, "validUntil"> {
  readonly packages: readonly Fields[];
}

interface Sources {
  readonly buckets: StageDescription["buckets"];
  readonly headObject: (object: S3Object) => Promise<ObjectFacts | undefined>;
}

/**
 * What suites of apt repositories offer: what their InRelease vouches for. Each index is read once. Whether InRelease bears a good signature is
 * for whoever has the key to say: publishers, and apt.
 */
export function aptSuites(s3: S3Client, { buckets, headObject }: Sources) {
  const suites = new Map<string, Promise<Suite>>();

  function suiteAt(place: S3Object): Promise<Suite> {
    const url = s3Url(place, buckets);
    const known = suites.get(url);
    if (known !== undefined) return known;
    const suite = readSuite(s3, place, buckets);
    suites.set(url, suite);
    suite.catch(() => suites.delete(url));
    return suite;
  }

  return {
    /** The file that apt would get of the package, where the suite names it and the file is what the index says that it is. */
    async offered(wanted: AptPackage): Promise<ObjectFacts | undefined> {
      const { packages } = await suiteAt(wanted.suite);
      const named = packages.filter((fields) => isNamed(fields, wanted));
      const files = await Promise.all(
        named.map(async (fields) => {
          const file = await headObject(fileOf(fields, wanted.suite));
          return file !== undefined && isSameFile(file, fields) ? file : undefined;
        }),
      );
      return files.find((file) => file !== undefined);
    },
    /** Until when apt takes what InRelease says; undefined where it does not say, or is not there. */
    validUntil: async (place: S3Object): Promise<Date | undefined> => (await suiteAt(place)).validUntil,
  };
}

const isNamed = (fields: Fields, { package: name, version, architecture }: AptPackage): boolean =>
  fields.get("Package") === name &&
  fields.get("Version") === version &&
  (architecture === undefined || fields.get("Architecture") === architecture);

/** `Filename` is relative to the repository, the folder that has `dists` in it. */
const fileOf = (fields: Fields, suite: S3Object): S3Object => ({
  ...suite,
  key: `${suite.key.replace(/dists\/.*$/, "")}${fields.get("Filename") ?? ""}`,
});

function isSameFile({ size, sha256 }: ObjectFacts, fields: Fields): boolean {
  if (fields.get("Size") !== String(size)) return false;
  return sha256 === undefined || fields.get("SHA256") === sha256;
}

async function readSuite(s3: S3Client, suite: S3Object, buckets: Sources["buckets"]): Promise<Suite> {
  const inRelease = await read(s3, { ...suite, key: `${suite.key}/InRelease` }, buckets);
  if (inRelease === undefined) return { packages: [], validUntil: undefined };
  const release = parseRelease(inRelease.toString("utf8"));
  const texts = await Promise.all(
    readable(release.files).map(async (index) => {
      const place = { ...suite, key: `${suite.key}/${release.byHash ? byHashPath(index) : index.path}` };
      const content = await read(s3, place, buckets);
      if (content === undefined || createHash("sha256").update(content).digest("hex") !== index.sha256) {
        throw new Error(`${s3Url(place, buckets)} is not what InRelease beside it vouches for; it may be on its way`);
      }
      return (index.path.endsWith(".gz") ? gunzipSync(content) : content).toString("utf8");
    }),
  );
  return { packages: texts.flatMap(parseControl), validUntil: release.validUntil };
}

/** The forms of the indices that can be read here; every repository has one of them for all of its architectures. */
function readable(files: readonly IndexFile[]): readonly IndexFile[] {
  const compressed = files.filter(({ path }) => path.endsWith("/Packages.gz"));
  return compressed.length > 0 ? compressed : files.filter(({ path }) => path.endsWith("/Packages"));
}

async function read(s3: S3Client, place: S3Object, buckets: Sources["buckets"]): Promise<Buffer | undefined> {
  try {
    const found = await readObject(s3, { bucket: buckets[place.bucket], key: place.key });
    return found && Buffer.from(found.bytes);
  } catch (error) {
    // A stage that nothing was built on has no buckets yet.
    if (error instanceof NoSuchBucket) return undefined;
    throw notKnown(`what ${s3Url(place, buckets)} holds`, error);
  }
}
