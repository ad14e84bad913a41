import type { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { listAttempts } from "./attempt-keys.ts";
import { readText } from "./objects.ts";

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

/** What ends the key of a record; of its log; and of a log that an agent kept which was started again, beside what the one before it may have kept. */
const ENDINGS = { record: [".json"], log: [".log.gz", ".recovered.log.gz"] } as const;

/** Key of an attempt's record, or of the log beside it; undefined where there is none. A worker that had a task twice has two; the latter is meant. */
export async function findAttemptRecord(
  s3: S3Client,
  bucket: string,
  { build, task, instance, part }: RecordedAttempt & { readonly part: keyof typeof ENDINGS },
): Promise<string | undefined> {
  const keys = await listAttempts(s3, bucket, { build, task });
  const endings = ENDINGS[part].map((ending) => `_${instance}${ending}`);
  const last = keys.findLast((key) => endings.some((ending) => key.endsWith(ending)));
  if (last === undefined) return undefined;
  // The whole one, where there are both.
  const [whole = ""] = endings;
  return keys.find((key) => key === `${last.slice(0, last.lastIndexOf("_"))}${whole}`) ?? last;
}

/** The last lines that a worker kept in an attempt's record: at most twenty, each of at most 400 characters. undefined where there is no record; rejects for a damaged one. */
export async function readLastLines(
  s3: S3Client,
  bucket: string,
  attempt: RecordedAttempt,
): Promise<string[] | undefined> {
  const key = await findAttemptRecord(s3, bucket, { ...attempt, part: "record" });
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
