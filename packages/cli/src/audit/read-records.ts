import { ListObjectsV2Command, type ListObjectsV2CommandOutput, NoSuchBucket, type S3Client } from "@aws-sdk/client-s3";
import { ReaperMarks } from "@muster/lambdas";
import { Demand, LaunchRecord, Lease } from "@muster/pipeline";
import { type StateRecords, stateFolder, stateKey } from "@muster/records";
import type { AuditedDemand, AuditedLease, Inventory, Launches, StoredKey } from "./inventory.ts";

/** Where the records lie, and what reads them. */
export interface RecordSource {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly records: StateRecords;
  readonly now: Date;
  /** Whether there may be no bucket yet: on this machine, before the first build. */
  readonly mayBeNew: boolean;
}

/** Objects read at once; S3 takes thousands a second. */
const AT_ONCE = 20;
const HOUR_MS = 3_600_000;
/** Of launches before the last hour, the latest so many are read. */
const MOST_LAUNCHES = 300;
/** A demand that is older may not be answered any more. */
const DEMAND_OPEN_MS = 30 * 60_000;

export async function readLeases(source: RecordSource): Promise<AuditedLease[]> {
  const read = async (kind: AuditedLease["kind"], folder: string) => {
    const keys = (await list(source, folder)).map(({ key }) => key);
    return readAll(keys, async (key): Promise<AuditedLease[]> => {
      const lease = (await source.records.read(key, Lease))?.value;
      return lease === undefined ? [] : [{ key, kind, name: lastName(key), lease }];
    });
  };
  const [exclusive, repair] = await Promise.all([
    read("exclusive", stateFolder.exclusiveLeases),
    read("repair", stateFolder.repairLeases),
  ]);
  return [...exclusive, ...repair];
}

export async function readLaunches(source: RecordSource): Promise<Launches> {
  const keys = await list(source, stateFolder.launches);
  const requestedAt = (key: string) => Date.parse(lastName(key).split("_")[0] ?? "");
  const byTime = keys.map(({ key }) => key).sort((one, other) => requestedAt(one) - requestedAt(other));
  const late = byTime.filter((key) => +source.now - requestedAt(key) < HOUR_MS);
  const before = byTime.slice(0, byTime.length - late.length).slice(-MOST_LAUNCHES);
  const read = await readAll([...before, ...late], async (key) => {
    const launch = (await source.records.read(key, LaunchRecord))?.value;
    return launch === undefined ? [] : [launch];
  });
  return { read, tokens: new Set(keys.map(({ key }) => lastName(key).split("_")[1] ?? "")), keys };
}

/** Those that may still be answered. */
export async function readDemands(
  source: RecordSource,
): Promise<{ demands: readonly AuditedDemand[]; keys: readonly StoredKey[] }> {
  const keys = await list(source, stateFolder.demands);
  const enteredAt = (key: string) => new Date(lastName(key).split("_")[0] ?? "");
  const open = keys.map(({ key }) => key).filter((key) => +source.now - +enteredAt(key) < DEMAND_OPEN_MS);
  const demands = await readAll(open, async (key): Promise<AuditedDemand[]> => {
    const demand = (await source.records.read(key, Demand))?.value;
    if (demand === undefined) return [];
    const { task, execution } = demand;
    const build = execution.slice(execution.lastIndexOf(":") + 1);
    return [{ key, id: lastName(key), step: key.split("/")[1] ?? "", task, build, enteredAt: enteredAt(key) }];
  });
  return { demands, keys };
}

export async function readRequests(source: RecordSource): Promise<Inventory["requests"]> {
  return (await list(source, stateFolder.attention)).map((stored) => ({ ...stored, step: lastName(stored.key) }));
}

/** Their names: what they hold is nobody's to read. */
export async function readOfBuilds(source: RecordSource): Promise<Inventory["ofBuilds"]> {
  return (await list(source, stateFolder.executions)).map((stored) => ({
    ...stored,
    build: stored.key.slice(stateFolder.executions.length).split("/")[0] ?? "",
  }));
}

export async function readMarks(source: RecordSource): Promise<Inventory["marks"]> {
  // Who may not list all of the bucket is not told that something is not there.
  const isThere = (await list(source, stateKey.reaper)).length > 0;
  const marks = isThere ? (await source.records.read(stateKey.reaper, ReaperMarks))?.value : undefined;
  const due = Object.entries(marks ?? {}).filter(([, { still }]) => still === undefined);
  return new Map(due.map(([instance, { markedAt }]) => [instance, new Date(markedAt)]));
}

/** `launches/Make/2026_token.json` → `2026_token` */
const lastName = (key: string): string => key.slice(key.lastIndexOf("/") + 1).replace(/\.json$/, "");

async function list({ s3, bucket, mayBeNew }: RecordSource, prefix: string): Promise<StoredKey[]> {
  const stored: StoredKey[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput | undefined = await s3
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }))
      .catch((error: unknown) => {
        if (mayBeNew && error instanceof NoSuchBucket) return undefined;
        throw error;
      });
    stored.push(
      ...(page?.Contents ?? []).map(({ Key = "", LastModified = new Date(0) }) => ({ key: Key, at: LastModified })),
    );
    ContinuationToken = page?.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return stored;
}

/** What has been deleted meanwhile is left out. */
async function readAll<T>(keys: readonly string[], read: (key: string) => Promise<readonly T[]>): Promise<T[]> {
  const found: T[] = [];
  const queue = keys.values();
  const reader = async () => {
    for (const key of queue) found.push(...(await read(key)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return found;
}
