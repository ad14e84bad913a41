import { ListObjectsV2Command, NoSuchBucket, type S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { readText } from "./objects.ts";
import { stateKey } from "./state-key.ts";

/** One worker's try at a task of a build. */
export interface RecordedAttempt {
  /** Name or ARN of the execution. */
  readonly build: string;
  readonly task: string;
  readonly instance: string;
}

/** What is read of an attempt's record; the rest is provenance. */
const AttemptRecord = z.object({
  predicate: z.object({
    runDetails: z.object({
      byproducts: z.array(z.looseObject({ name: z.string(), content: z.base64().optional() })),
    }),
  }),
});

/** Key of an attempt's record, or of the log beside it; undefined where there is none. A worker that had a task twice has two; the latter is meant. */
export async function findAttemptRecord(
  s3: S3Client,
  bucket: string,
  { build, task, instance, suffix }: RecordedAttempt & { readonly suffix: ".json" | ".log.gz" },
): Promise<string | undefined> {
  const Prefix = `${stateKey.attempts(build)}${task}/`;
  const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix })).catch((error: unknown) => {
    if (error instanceof NoSuchBucket) return { Contents: [] };
    throw error;
  });
  return (page.Contents ?? []).flatMap(({ Key = "" }) => (Key.endsWith(`_${instance}${suffix}`) ? Key : [])).at(-1);
}

/** The last lines that a worker kept in an attempt's record: at most twenty, each of at most 400 characters. undefined where there is no record; rejects for a damaged one. */
export async function readLastLines(
  s3: S3Client,
  bucket: string,
  attempt: RecordedAttempt,
): Promise<string[] | undefined> {
  const key = await findAttemptRecord(s3, bucket, { ...attempt, suffix: ".json" });
  if (key === undefined) return undefined;
  const found = await readText(s3, { bucket, key });
  const record = AttemptRecord.safeParse(parseJson(found?.text));
  if (!record.success) throw new Error(`${key} is no attempt's record`);
  const { byproducts } = record.data.predicate.runDetails;
  const content = byproducts.find(({ name }) => name === "last lines")?.content;
  return content === undefined ? undefined : linesOfLog(Buffer.from(content, "base64"));
}

export function linesOfLog(bytes: Buffer): string[] {
  const text = bytes.toString("utf8");
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
