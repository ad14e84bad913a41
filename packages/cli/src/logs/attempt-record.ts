import { gunzipSync } from "node:zlib";
import { findAttemptRecord, linesOfLog, type RecordedAttempt, readBytes, readLastLines } from "@muster/records";
import type { Stage } from "../stages/stage.ts";

type Records = Pick<Stage, "s3" | "description">;

/** The last lines that a worker kept in an attempt's record: at most twenty, each of at most 400 characters. undefined where there is no record; rejects for a damaged one. */
export const recordedLastLines = async (
  { s3, description }: Records,
  attempt: RecordedAttempt,
): Promise<string[] | undefined> => readLastLines(await s3(), description.buckets.state, attempt);

/** The whole log beside an attempt's record, with its markers. undefined where there is none. */
export async function recordedLog(
  { s3, description }: Records,
  attempt: RecordedAttempt,
): Promise<string[] | undefined> {
  const bucket = description.buckets.state;
  const key = await findAttemptRecord(await s3(), bucket, { ...attempt, part: "log" });
  return key === undefined ? undefined : linesOfLog(gunzipSync(await readBytes(await s3(), { bucket, key })));
}
