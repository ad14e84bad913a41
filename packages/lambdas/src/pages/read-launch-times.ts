import type { S3Client } from "@aws-sdk/client-s3";
import type { LaunchTimes } from "@muster/history";
import { LaunchRecord, type Pipeline, type StageDescription } from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";

interface LaunchSource {
  readonly s3: S3Client;
  readonly pipeline: Pick<Pipeline, "activities">;
  readonly description: Pick<StageDescription, "buckets">;
}

/** Of a worker that served a build before it, when it was launched does not matter. */
const BEFORE_MS = 60 * 60_000;

/** When the launches of a build's time were asked for, by the instances that they brought; the reaper keeps their records for days. */
export async function readLaunchTimes(
  { s3, pipeline, description }: LaunchSource,
  { startedAt }: { startedAt: Date | undefined },
): Promise<LaunchTimes> {
  if (startedAt === undefined) return new Map();
  const records = stateRecords(s3, description.buckets.state);
  const since = new Date(startedAt.getTime() - BEFORE_MS).toISOString();
  const launches = await Promise.all(
    pipeline.activities.map(async ({ name }) => {
      const folder = stateKey.launches(name);
      const keys = await records.list(folder, { startAfter: folder + since });
      return Promise.all(keys.map((key) => records.read(key, LaunchRecord)));
    }),
  );
  return new Map(
    launches.flat().flatMap((record) => {
      if (record === undefined) return [];
      const { instances, requestedAt } = record.value;
      return instances.map((instance): [string, Date] => [instance, new Date(requestedAt)]);
    }),
  );
}
