import type { S3Client } from "@aws-sdk/client-s3";
import type { BinaryPackage } from "../artifacts.ts";
import { get, getExisting, sha256, url } from "./objects.ts";

/** A `.deb` as MakeBinaryPackage left it. */
export interface BuiltPackage {
  readonly name: string;
  readonly body: Buffer;
  readonly sha256: string;
  /** The checksum file that lists it. */
  readonly checksum: Buffer;
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
  return { name, body, sha256: expected, checksum: checksum.body };
}
