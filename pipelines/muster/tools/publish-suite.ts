import { gunzipSync, gzipSync } from "node:zlib";
import type { S3Client } from "@aws-sdk/client-s3";
import {
  byHashPath,
  type Channel,
  checkDebianOrder,
  compareDebianVersions,
  type Fields,
  formatControl,
  type IndexFile,
  parseControl,
  parseRelease,
} from "@muster/pipeline";
import type { PrivateKey, PublicKey } from "openpgp";
import { RENEWED_DAYS, VALID_DAYS, versionOf, versions } from "../artifacts.ts";
import { get, getExisting, type Place, put, sha256, url } from "./objects.ts";
import { formatRelease, indexFile } from "./release-file.ts";
import { armoredSignature, clearSign, verifiedText } from "./signing-key.ts";

/** One suite of an apt repository: the folder of its InRelease. */
export interface Suite {
  readonly bucket: string;
  /** `debian/dists/bookworm` */
  readonly folder: string;
  /** `bookworm` */
  readonly suite: string;
  readonly channel: Channel;
}

/** What the repository offers by now, for how long, and the etag of the InRelease that says so; undefined before its first. */
export interface PublishedSuite {
  readonly packages: readonly Fields[];
  readonly validUntil: Date | undefined;
  readonly etag: string | undefined;
}

/** A publisher that loses the race this often does not lose by chance. */
const MAX_ATTEMPTS = 20;

/**
 * Adds packages to an index; what it lists already stays, except of another channel, which has suites of its own. An index that apt will not take for
 * long is signed anew. Readers see the old index or the new one, never a mixture: an index's parts lie under the
 * names of their content, and InRelease, which names them, is written last, only in the place of the one that this index was made from. A
 * publisher that was held up in between starts again from what others have published since.
 * @param packages their paragraphs, with `Filename`, `Size` and `SHA256`
 * @returns whether anything was written
 * @throws Error when the index lists a package's version with other content, or dpkg has its versions in another order
 */
export async function publishSuite(
  s3: S3Client,
  suite: Suite,
  { packages, key, now = () => new Date() }: { packages: readonly Fields[]; key: PrivateKey; now?: () => Date },
): Promise<boolean> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const published = await readSuite(s3, suite, key.toPublic());
    const kept = published.packages.filter((fields) => suite.channel.includes(versionOf(fields.get("Version") ?? "")));
    const added = newPackages(kept, packages, suite);
    const date = now();
    const isUnchanged = added.length === 0 && kept.length === published.packages.length;
    if (isUnchanged && !isDue(published, date)) return false;
    const all = [...kept, ...added];
    checkDebianOrder(debianVersionsInOrder(all));
    if (await writeSuite(s3, suite, { packages: all, etag: published.etag, key, date })) return true;
  }
  throw new Error(`${url(at(suite, "InRelease"))} was changed by others ${MAX_ATTEMPTS} times in a row`);
}

/**
 * Drops a version's packages from an index; the others stay, also where none is left. Readers see the old index or the new one, as when it is added to.
 * @returns whether anything was written
 */
export async function withdrawFromSuite(
  s3: S3Client,
  suite: Suite,
  { debianVersion, key, now = () => new Date() }: { debianVersion: string; key: PrivateKey; now?: () => Date },
): Promise<boolean> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { packages, etag } = await readSuite(s3, suite, key.toPublic());
    const kept = packages.filter((fields) => fields.get("Version") !== debianVersion);
    if (kept.length === packages.length) return false;
    // A suite that users have in their sources keeps its architectures: apt asks for their indices.
    const written = { packages: kept, architectures: architecturesOf(packages), etag, key, date: now() };
    if (await writeSuite(s3, suite, written)) return true;
  }
  throw new Error(`${url(at(suite, "InRelease"))} was changed by others ${MAX_ATTEMPTS} times in a row`);
}

const architecturesOf = (packages: readonly Fields[]): string[] =>
  [...new Set(packages.map((fields) => fields.get("Architecture") ?? ""))].sort();

function isDue({ etag, validUntil }: PublishedSuite, date: Date): boolean {
  const daysLeft = ((validUntil?.getTime() ?? 0) - date.getTime()) / (24 * 3600 * 1000);
  return etag !== undefined && daysLeft < RENEWED_DAYS;
}

/** Oldest first, as versions go. */
const debianVersionsInOrder = (packages: readonly Fields[]): string[] =>
  packages
    .map((fields) => fields.get("Version") ?? "")
    .sort((a, b) => versions.compare(versionOf(a), versionOf(b)) || compareDebianVersions(a, b));

const at = ({ bucket, folder }: Pick<Suite, "bucket" | "folder">, path: string): Place => ({
  bucket,
  key: `${folder}/${path}`,
});

/** @throws Error when it bears another's signature, or is damaged */
export async function readSuite(
  s3: S3Client,
  suite: Pick<Suite, "bucket" | "folder">,
  key: PublicKey,
): Promise<PublishedSuite> {
  const place = at(suite, "InRelease");
  const inRelease = await get(s3, place);
  if (inRelease === undefined) return { packages: [], validUntil: undefined, etag: undefined };
  const release = await verifiedText(inRelease.body.toString("utf8"), key).catch((cause: unknown) => {
    throw new Error(`${url(place)} does not bear this repository's signature`, { cause });
  });
  const { files, validUntil } = parseRelease(release);
  const indices = files.filter(({ path }) => path.endsWith("/Packages.gz"));
  const texts = await Promise.all(indices.map((index) => readIndex(s3, suite, index)));
  return { packages: texts.flatMap(parseControl), validUntil, etag: inRelease.etag };
}

async function readIndex(s3: S3Client, suite: Pick<Suite, "bucket" | "folder">, index: IndexFile): Promise<string> {
  const place = at(suite, byHashPath(index));
  const { body } = await getExisting(s3, place);
  if (sha256(body) !== index.sha256)
    throw new Error(`${url(place)} is damaged: its content does not have its name's SHA-256`);
  return gunzipSync(body).toString("utf8");
}

const identity = (fields: Fields): string =>
  ["Package", "Version", "Architecture"].map((name) => fields.get(name) ?? "").join(" ");

function newPackages(published: readonly Fields[], wanted: readonly Fields[], { folder }: Suite): Fields[] {
  const byIdentity = new Map(published.map((fields) => [identity(fields), fields]));
  return wanted.filter((fields) => {
    const present = byIdentity.get(identity(fields));
    if (present !== undefined && present.get("SHA256") !== fields.get("SHA256")) {
      throw new Error(
        `${folder} offers ${identity(fields)} with other content, and stays: publish under a new version`,
      );
    }
    return present === undefined;
  });
}

interface SuiteToWrite {
  readonly packages: readonly Fields[];
  readonly architectures?: readonly string[];
  /** Of the InRelease that this replaces. */
  readonly etag: string | undefined;
  readonly key: PrivateKey;
  readonly date: Date;
}

async function writeSuite(
  s3: S3Client,
  suite: Suite,
  { packages, architectures = architecturesOf(packages), etag, key, date }: SuiteToWrite,
): Promise<boolean> {
  const files = architectures.flatMap((architecture) => {
    const paragraphs = packages.filter((fields) => fields.get("Architecture") === architecture);
    const text = Buffer.from(formatControl(paragraphs.sort((a, b) => (identity(a) < identity(b) ? -1 : 1))));
    const folder = `main/binary-${architecture}`;
    return [
      { path: `${folder}/Packages`, content: text, contentType: "text/plain" },
      { path: `${folder}/Packages.gz`, content: gzipSync(text, { level: 9 }), contentType: "application/gzip" },
    ];
  });
  const indices = files.map((file) => ({ ...file, index: indexFile(file.path, file.content) }));
  await Promise.all(
    indices.map(({ content: body, contentType, index }) =>
      put(s3, { place: at(suite, byHashPath(index)), body, contentType, when: "new" }),
    ),
  );
  // For tools that do not know by-hash: these may be newer than InRelease for a moment.
  const release = formatRelease({
    suite: suite.suite,
    architectures,
    date,
    validDays: VALID_DAYS,
    files: indices.map(({ index }) => index),
  });
  await Promise.all([
    ...indices.map(({ path, content: body, contentType }) =>
      put(s3, { place: at(suite, path), body, contentType, when: "always" }),
    ),
    put(s3, { place: at(suite, "Release"), body: release, contentType: "text/plain", when: "always" }),
    put(s3, {
      place: at(suite, "Release.gpg"),
      body: await armoredSignature(release, key),
      contentType: "text/plain",
      when: "always",
    }),
  ]);
  return put(s3, {
    place: at(suite, "InRelease"),
    body: await clearSign(release, key),
    contentType: "text/plain",
    when: etag === undefined ? "new" : { etag },
  });
}
