import { basename } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import type { PublicKey } from "openpgp";
import type { BinaryPackage } from "../artifacts.ts";
import { get, getExisting, sha256, url } from "./objects.ts";
import { readSuite } from "./publish-suite.ts";

/** A `.deb` as MakeBinaryPackage left it, or as users get it. */
export interface BuiltPackage {
  readonly name: string;
  readonly body: Buffer;
  readonly sha256: string;
}

/**
 * Fetches the package of one platform from the scratch bucket; undefined where it is not built.
 * @throws Error when it is damaged
 */
export async function fetchBuiltPackage(
  s3: S3Client,
  { built, builtChecksum }: BinaryPackage,
  bucket: string,
): Promise<BuiltPackage | undefined> {
  const checksum = await get(s3, { bucket, key: builtChecksum.key });
  if (checksum === undefined) return undefined;
  const line = /^([0-9a-f]{64}) [ *](.+)$/m.exec(checksum.body.toString("utf8"));
  if (line === null) throw new Error(`${url({ bucket, key: builtChecksum.key })} lists no package`);
  const [, expected = "", name = ""] = line;
  const place = { bucket, key: `${built.key}${name}` };
  const { body } = await getExisting(s3, place);
  if (sha256(body) !== expected) throw new Error(`${url(place)} is damaged: its SHA-256 is not ${expected}`);
  return { name, body, sha256: expected };
}

/**
 * Fetches the package of one platform from where users get it; undefined where its suite's index does not name it.
 * @param key whose signature the index bears
 * @throws Error when the file that the index names is gone, or is another one
 */
export async function fetchPublishedPackage(
  s3: S3Client,
  { family, published }: BinaryPackage,
  { bucket, key }: { bucket: string; key: PublicKey },
): Promise<BuiltPackage | undefined> {
  const { packages } = await readSuite(s3, { bucket, folder: published.suite.key }, key);
  const fields = packages.find(
    (each) => each.get("Package") === published.package && each.get("Version") === published.version,
  );
  if (fields === undefined) return undefined;
  const [filename = "", expected = ""] = [fields.get("Filename"), fields.get("SHA256")];
  const place = { bucket, key: `${family}/${filename}` };
  const { body } = await getExisting(s3, place);
  if (sha256(body) !== expected) throw new Error(`${url(place)} is damaged: its SHA-256 is not ${expected}`);
  return { name: basename(filename), body, sha256: expected };
}
