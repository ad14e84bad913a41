import { createHash } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { type ObjectPlace, objectEtag, putObject, readObject } from "@muster/records";
import { env } from "./env.ts";
import { workerCredentials } from "./worker-credentials.ts";

export type Place = ObjectPlace;

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
}

/** `new`: only where there is no object; an etag: only in that object's place; `always`: whatever is there. */
export type Condition = "new" | "always" | { readonly etag: string };

export const url = ({ bucket, key }: Place): string => `s3://${bucket}/${key}`;

/** @throws TypeError for text that is no URL of an object */
export function parseUrl(text: string): Place {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(text);
  if (match === null) throw new TypeError(`"${text}" is not the s3:// URL of an object`);
  return { bucket: match[1] as string, key: match[2] as string };
}

/** With the worker's credentials; bucket names are part of the path where the endpoint is this machine's. */
export function openS3(): S3Client {
  return new S3Client({ credentials: workerCredentials, forcePathStyle: env.hasOwnEndpoint(), maxAttempts: 5 });
}

export async function get(s3: S3Client, place: Place): Promise<StoredObject | undefined> {
  try {
    const found = await readObject(s3, place);
    return found && { body: Buffer.from(found.bytes), etag: found.etag };
  } catch (error) {
    throw new Error(`cannot read ${url(place)}`, { cause: error });
  }
}

/** @throws Error that names the object when it is not there */
export async function getExisting(s3: S3Client, place: Place): Promise<StoredObject> {
  const found = await get(s3, place);
  if (found === undefined) throw new Error(`${url(place)} is not there`);
  return found;
}

export async function exists(s3: S3Client, place: Place): Promise<boolean> {
  try {
    return (await objectEtag(s3, place)) !== undefined;
  } catch (error) {
    throw new Error(`cannot look for ${url(place)}`, { cause: error });
  }
}

/** Writes an object on a condition; false when the condition does not hold, and then nothing is written. */
export async function put(
  s3: S3Client,
  { place, body, contentType, when }: { place: Place; body: Buffer | string; contentType: string; when: Condition },
): Promise<boolean> {
  const etag = await putObject(s3, place, {
    body,
    contentType,
    checksumSha256: createHash("sha256").update(body).digest("base64"),
    ...(when === "new" ? { ifNoneMatch: "*", overOwn: true } : {}),
    ...(typeof when === "object" ? { ifMatch: when.etag } : {}),
  }).catch((error: unknown) => {
    throw new Error(`cannot write ${url(place)}`, { cause: error });
  });
  if (etag === undefined) return false;
  await noteUpload(place, body);
  return true;
}

async function noteUpload(place: Place, body: Buffer | string): Promise<void> {
  const file = env.uploadsFile();
  if (file !== undefined) await appendFile(file, `${JSON.stringify({ uri: url(place), sha256: sha256(body) })}\n`);
}

/**
 * Publishes an object once and for all: the same content again changes nothing.
 * @throws Error when other content is there
 */
export async function publishOnce(
  s3: S3Client,
  { place, body, contentType }: { place: Place; body: Buffer; contentType: string },
): Promise<void> {
  if (await put(s3, { place, body, contentType, when: "new" })) return;
  const present = await getExisting(s3, place);
  if (!present.body.equals(body)) {
    throw new Error(`${url(place)} is published with other content, and stays: publish under a new version`);
  }
}

export const sha256 = (content: Buffer | string): string => createHash("sha256").update(content).digest("hex");
