import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { MusterError } from "@muster/pipeline";
import type * as z from "zod";
import { describeIssues } from "../present-error.ts";

export interface StoredRecord<T> {
  readonly value: T;
  readonly etag: string;
}

/** Under which condition a record is written: over exactly the one that was read, or where none is. */
export type WriteCondition = { readonly ifMatch: string } | { readonly ifNoneMatch: "*" };

/** Muster's records in the state bucket: small JSON objects, strongly consistent, one writer winning each race. */
export interface StateRecords {
  /** undefined where there is none. @throws MusterError naming a record that cannot be read */
  read<T>(key: string, schema: z.ZodType<T>): Promise<StoredRecord<T> | undefined>;
  /** The new entity tag; undefined when the condition did not hold. */
  write(key: string, value: unknown, condition?: WriteCondition): Promise<string | undefined>;
  etag(key: string): Promise<string | undefined>;
  /** Keys in order, those after `startAfter` alone. */
  list(prefix: string, options?: { startAfter?: string }): Promise<string[]>;
  delete(keys: readonly string[]): Promise<void>;
}

/** Most keys that one request deletes. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const DELETE_BATCH = 1000;

export function stateRecords(s3: S3Client, bucket: string): StateRecords {
  return {
    async read(key, schema) {
      const found = await orMissing(s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
      if (found === undefined) return undefined;
      const parsed = schema.safeParse(parseJson((await found.Body?.transformToString()) ?? ""));
      if (!parsed.success) {
        throw new MusterError(
          `s3://${bucket}/${key} is not a record that Muster wrote: ${describeIssues(parsed.error)}`,
          {
            hint: "delete the object",
          },
        );
      }
      return { value: parsed.data, etag: found.ETag ?? "" };
    },
    async write(key, value, condition) {
      const put = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: JSON.stringify(value),
        ContentType: "application/json",
        ...(condition === undefined
          ? {}
          : "ifMatch" in condition
            ? { IfMatch: condition.ifMatch }
            : { IfNoneMatch: condition.ifNoneMatch }),
      });
      try {
        return (await s3.send(put)).ETag ?? "";
      } catch (error) {
        if (condition !== undefined && lostRace(error)) return undefined;
        throw error;
      }
    },
    async etag(key) {
      return (await orMissing(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))))?.ETag;
    },
    async list(prefix, { startAfter } = {}) {
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const page = await s3.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            StartAfter: startAfter,
            ContinuationToken: token,
          }),
        );
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return keys;
    },
    async delete(keys) {
      for (let start = 0; start < keys.length; start += DELETE_BATCH) {
        const batch = keys.slice(start, start + DELETE_BATCH);
        await s3.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: batch.map((Key) => ({ Key })), Quiet: true } }),
        );
      }
    },
  };
}

/** Not there: whatever S3 calls it in this operation. */
async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && (error.name === "NoSuchKey" || error.name === "NotFound")) return undefined;
    throw error;
  }
}

/** Both mean that another writer was there first. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function lostRace(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "PreconditionFailed" || error.name === "ConditionalRequestConflict" || error.name === "NoSuchKey")
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
