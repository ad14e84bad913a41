import { NoSuchBucket, type S3Client } from "@aws-sdk/client-s3";
import { type BuildInput, InvalidInputError, type Version, WithdrawalRecord } from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";

/** How a version was taken back. */
export interface Withdrawn {
  readonly version: Version;
  /** When that began. */
  readonly at: Date;
  /** The build that took it back, or was to. */
  readonly build: string;
  readonly by: string | undefined;
  readonly reason: string | undefined;
}

/** The last withdrawal of a version; undefined where there was none, or it was published again. */
export async function withdrawalOf(s3: S3Client, bucket: string, version: Version): Promise<Withdrawn | undefined> {
  const found = await read(s3, bucket, version);
  const last = found?.value.events.at(-1);
  if (last?.event !== "withdrawn") return undefined;
  return { version, at: new Date(last.at), build: last.build, by: last.by, reason: last.reason };
}

interface WithdrawnInWords extends Pick<Withdrawn, "version" | "at"> {
  readonly by: string | null | undefined;
  readonly reason: string | null | undefined;
}

/** In a line: `1.2.3 was withdrawn by alice at 2026-11-24 10:15 (crashes on start)`. */
export function withdrawnText({ version, at, by, reason }: WithdrawnInWords): string {
  const who = by ? ` by ${by}` : "";
  const why = reason ? ` (${reason})` : "";
  return `${version} was withdrawn${who} at ${at.toISOString().slice(0, 16).replace("T", " ")}${why}`;
}

/** @throws InvalidInputError for a build that would publish again what was taken back, and does not say that it means to */
export async function refuseWithdrawn(
  { versions, debug, withdraw, republish }: BuildInput,
  { s3, bucket }: { s3: S3Client; bucket: string },
): Promise<void> {
  if (debug !== "" || withdraw !== undefined || republish) return;
  const found = await Promise.all(versions.map((version) => withdrawalOf(s3, bucket, version)));
  const withdrawn = found.find((each) => each !== undefined);
  if (withdrawn === undefined) return;
  throw new InvalidInputError(withdrawnText(withdrawn), {
    hint: `--republish builds and publishes it again${versions.length > 1 ? "; or leave it out" : ""}`,
  });
}

/**
 * Writes down what a build does to versions that were taken back, or are now: from here on no other build publishes them, until one says that it means to.
 * Said twice by one build it counts once.
 */
export async function recordWithdrawal(
  { versions, debug, withdraw, republish }: BuildInput,
  { s3, bucket, build, at }: { s3: S3Client; bucket: string; build: string; at: Date },
): Promise<void> {
  if (debug !== "" || (withdraw === undefined && !republish)) return;
  const event: WithdrawalRecord["events"][number] =
    withdraw === undefined
      ? { event: "republished", at: at.toISOString(), build }
      : { event: "withdrawn", at: at.toISOString(), build, ...withdraw };
  for (const version of versions) await append(event, { s3, bucket, version });
}

async function append(
  event: WithdrawalRecord["events"][number],
  { s3, bucket, version }: { s3: S3Client; bucket: string; version: Version },
): Promise<void> {
  for (;;) {
    const known = await read(s3, bucket, version);
    const events = known?.value.events ?? [];
    if (events.at(-1)?.build === event.build) return;
    if (events.length === 0 && event.event === "republished") return;
    const record: WithdrawalRecord = { version, events: [...events, event] };
    const condition = known === undefined ? ({ ifNoneMatch: "*" } as const) : { ifMatch: known.etag };
    const written = await stateRecords(s3, bucket).write(stateKey.withdrawal(version), record, condition);
    if (written !== undefined) return;
  }
}

async function read(s3: S3Client, bucket: string, version: Version) {
  try {
    return await stateRecords(s3, bucket).read(stateKey.withdrawal(version), WithdrawalRecord);
  } catch (error) {
    // A stage that nothing was built on has no buckets yet.
    if (error instanceof NoSuchBucket) return undefined;
    throw error;
  }
}
