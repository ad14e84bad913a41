import { DeleteObjectsCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { describeIssues, MusterError } from "@muster/pipeline";
import type * as z from "zod";
import type { WriteCondition } from "./conditional-write.ts";
import { objectEtag, putJson, readText } from "./objects.ts";

export interface StoredRecord<T> {
  readonly value: T;
  readonly etag: string;
}

/** Muster's records in the state bucket: small JSON objects, strongly consistent, one writer winning each race. */
export interface StateRecords {
  /** undefined where there is none. @throws MusterError naming a record that cannot be read */
  read<T>(key: string, schema: z.ZodType<T>): Promise<StoredRecord<T> | undefined>;
  /** The new entity tag; undefined when the condition did not hold. */
  write(key: string, value: unknown, condition?: WriteCondition): Promise<string | undefined>;
  etag(key: string): Promise<string | undefined>;
  /** Keys in order. */
  list(prefix: string, options?: ListOptions): Promise<string[]>;
  /** Those that are not there are no error. @throws MusterError naming one that could not be deleted */
  delete(keys: readonly string[]): Promise<void>;
}

export interface ListOptions {
  /** Those after it alone. */
  readonly startAfter?: string;
  /** Those before it alone; what comes later costs no request. */
  readonly before?: string;
}

/** Most keys that one request deletes. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const DELETE_BATCH = 1000;

export function stateRecords(s3: S3Client, bucket: string): StateRecords {
  return {
    async read(key, schema) {
      const found = await readText(s3, { bucket, key });
      if (found === undefined) return undefined;
      const parsed = schema.safeParse(parseJson(found.text));
      if (!parsed.success) {
        throw new MusterError(
          `s3://${bucket}/${key} is not a record that Muster wrote: ${describeIssues(parsed.error)}`,
          { hint: "delete the object" },
        );
      }
      return { value: parsed.data, etag: found.etag };
    },
    write: (key, value, condition) => putJson(s3, { bucket, key }, value, condition),
    etag: (key) => objectEtag(s3, { bucket, key }),
    async list(prefix, { startAfter, before } = {}) {
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
        const listed = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
        const wanted = before === undefined ? listed : listed.filter((key) => key < before);
        keys.push(...wanted);
        token = wanted.length < listed.length ? undefined : page.NextContinuationToken;
      } while (token !== undefined);
      return keys;
    },
    async delete(keys) {
      for (let start = 0; start < keys.length; start += DELETE_BATCH) {
        const batch = keys.slice(start, start + DELETE_BATCH);
        const { Errors: [first] = [] } = await s3.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: batch.map((Key) => ({ Key })), Quiet: true } }),
        );
        // S3 answers 200 also where it has not deleted some of them.
        if (first !== undefined) {
          throw new MusterError(`s3://${bucket}/${first.Key} was not deleted: ${first.Code}: ${first.Message}`);
        }
      }
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
