import { gunzipSync } from "node:zlib";
import { ListObjectsV2Command, NoSuchBucket } from "@aws-sdk/client-s3";
import { parseJson } from "@muster/history";
import { readBytes, readText, stateKey } from "@muster/records";
import * as z from "zod";
import type { Stage } from "../stages/stage.ts";
import type { TaskOfBuild } from "./task-lines.ts";

/** What is read of an attempt's record; the rest is provenance. */
const AttemptRecord = z.object({
  predicate: z.object({
    runDetails: z.object({
      byproducts: z.array(z.looseObject({ name: z.string(), content: z.base64().optional() })),
    }),
  }),
});

type Records = Pick<Stage, "s3" | "description">;
type RecordedAttempt = TaskOfBuild & { readonly instance: string };

/** The last lines that a worker kept in an attempt's record: at most twenty, each of at most 400 characters. undefined where there is no record; rejects for a damaged one. */
export async function recordedLastLines(stage: Records, attempt: RecordedAttempt): Promise<string[] | undefined> {
  const key = await findRecord(stage, attempt, ".json");
  if (key === undefined) return undefined;
  const text = await readText(stage.s3, { bucket: stage.description.buckets.state, key });
  const record = AttemptRecord.safeParse(parseJson(text?.text));
  if (!record.success) throw new Error(`${key} is no attempt's record`);
  const { byproducts } = record.data.predicate.runDetails;
  const content = byproducts.find(({ name }) => name === "last lines")?.content;
  return content === undefined ? undefined : linesOf(Buffer.from(content, "base64"));
}

/** The whole log beside an attempt's record, with its markers. undefined where there is none. */
export async function recordedLog(stage: Records, attempt: RecordedAttempt): Promise<string[] | undefined> {
  const key = await findRecord(stage, attempt, ".log.gz");
  if (key === undefined) return undefined;
  return linesOf(gunzipSync(await readBytes(stage.s3, { bucket: stage.description.buckets.state, key })));
}

function linesOf(bytes: Buffer): string[] {
  const text = bytes.toString("utf8");
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** A worker that had a task twice has two; the latter is meant. */
async function findRecord(
  { s3, description }: Records,
  { build, task, instance }: RecordedAttempt,
  suffix: string,
): Promise<string | undefined> {
  const Prefix = `${stateKey.attempts(build)}${task}/`;
  const page = await s3
    .send(new ListObjectsV2Command({ Bucket: description.buckets.state, Prefix }))
    .catch((error: unknown) => {
      if (error instanceof NoSuchBucket) return { Contents: [] };
      throw error;
    });
  return (page.Contents ?? []).flatMap(({ Key = "" }) => (Key.endsWith(`_${instance}${suffix}`) ? Key : [])).at(-1);
}
