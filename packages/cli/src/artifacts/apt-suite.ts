import { gunzipSync } from "node:zlib";
import type { S3Client } from "@aws-sdk/client-s3";
import { type AptPackage, byHashPath, type Fields, parseControl, parseRelease } from "@muster/pipeline";
import { placeOfUri, readSmall } from "./read-small.ts";

/** An index of packages that a suite's InRelease vouches for. */
export interface AptIndex {
  readonly uri: string;
  readonly sha256: string;
  readonly packages: readonly Fields[];
}

/** A suite of an apt repository, as users' apt reads it. */
export interface AptSuite {
  /** URI of its InRelease. */
  readonly inRelease: string;
  /** apt refuses it after this. */
  readonly validUntil: Date | undefined;
  readonly indices: readonly AptIndex[];
  /** Indices that are not there or cannot be read, by what users' apt would say of them. */
  readonly unreadable: readonly { readonly uri: string; readonly sha256: string; readonly says: string }[];
}

/** undefined where there is no InRelease. @param folder URI of its folder: `s3://bucket/debian/dists/bookworm` */
export async function readAptSuite(s3: S3Client, folder: string): Promise<AptSuite | undefined> {
  const inRelease = `${folder}/InRelease`;
  const text = await readSmall(s3, placeOfUri(inRelease));
  if (text === undefined) return undefined;
  const { files, byHash, validUntil } = parseRelease(text.toString("utf8"));
  const zipped = files.filter(({ path }) => path.endsWith("/Packages.gz"));
  const chosen = zipped.length > 0 ? zipped : files.filter(({ path }) => path.endsWith("/Packages"));
  const indices: AptIndex[] = [];
  const unreadable: { uri: string; sha256: string; says: string }[] = [];
  for (const file of chosen) {
    const uri = `${folder}/${byHash ? byHashPath(file) : file.path}`;
    const bytes = await readSmall(s3, placeOfUri(uri));
    const packages = bytes && parsePackages(bytes, file.path);
    if (packages === undefined) {
      const what = bytes === undefined ? "it is not there" : "it is no index of packages";
      unreadable.push({ uri, sha256: file.sha256, says: `${what}, and ${inRelease} names it` });
    } else indices.push({ uri, sha256: file.sha256, packages });
  }
  return { inRelease, validUntil, indices, unreadable };
}

function parsePackages(bytes: Buffer, path: string): Fields[] | undefined {
  try {
    return parseControl((path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** URI of the file that an index of a suite names; `Filename` is relative to the folder that has `dists` in it. */
export const packageUri = (suite: Pick<AptSuite, "inRelease">, fields: Fields): string =>
  suite.inRelease.replace(/dists\/.*$/, "") + (fields.get("Filename") ?? "");

export const isNamed = (fields: Fields, { package: name, version, architecture }: AptPackage): boolean =>
  fields.get("Package") === name &&
  fields.get("Version") === version &&
  (architecture === undefined || fields.get("Architecture") === architecture);
