import { readFile } from "node:fs/promises";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { placeOfUri, readSmall } from "../artifacts/read-small.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import { binaryKeys, pgpKind } from "./open-pgp.ts";

/** Public keys that signatures are held against. */
export interface Keyring {
  /** One behind the other, in binary form; empty where there are none. */
  readonly bytes: Buffer;
  /** URIs or the file that they come from. */
  readonly from: readonly string[];
}

/** A keyring of all of Debian has less. */
const MOST_BYTES = 1024 ** 2;

/**
 * Keys that lie where users download: at the top, and beside metadata of yum repositories.
 * @param beside URIs that may hold keys
 * @throws StageError where S3 does not say
 */
export async function publishedKeys(
  { s3, description }: Pick<Stage, "s3" | "description">,
  beside: readonly string[],
): Promise<Keyring> {
  const Bucket = description.buckets.downloads;
  const uris: string[] = [];
  const names = new Set<string>();
  for await (const { Contents = [] } of paginateListObjectsV2({ client: await s3() }, { Bucket, Delimiter: "/" })) {
    for (const { Key = "", Size = 0 } of Contents) {
      names.add(Key);
      if (/\.(gpg|asc|pgp|key)$/.test(Key) && Size <= MOST_BYTES) uris.push(`s3://${Bucket}/${Key}`);
    }
  }
  // What is named after a file beside it is that file's signature.
  const keys = uris.filter((uri) => !names.has(placeOfUri(uri).key.replace(/\.[^.]*$/, "")));
  const from: string[] = [];
  const parts: Buffer[] = [];
  for (const uri of [...keys, ...beside]) {
    const bytes = await readSmall(await s3(), placeOfUri(uri));
    if (bytes === undefined || pgpKind(bytes) !== "public key") continue;
    from.push(uri);
    parts.push(binaryKeys(bytes));
  }
  return { bytes: Buffer.concat(parts), from };
}

/** @throws UsageError for a file that holds no public key */
export async function keysInFile(file: string): Promise<Keyring> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--key ${file} cannot be read: ${error.code}`);
  });
  if (pgpKind(bytes) !== "public key") {
    throw new UsageError(`--key ${file} is no OpenPGP public key`, { hint: "gpg --export writes one" });
  }
  return { bytes: binaryKeys(bytes), from: [file] };
}
