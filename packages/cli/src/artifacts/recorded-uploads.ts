import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { parseJson } from "@muster/history";
import type { Pipeline, Version } from "@muster/pipeline";
import { type AttemptKey, parseAttemptKey, readText, stateFolder, stateRecords } from "@muster/records";
import * as z from "zod";
import type { Stage } from "../stages/stage.ts";
import { mapAtMost } from "./map-at-most.ts";
import type { TaskPlace } from "./task-place.ts";

/** An attempt of a task, as its record names it. */
export interface Maker extends TaskPlace {
  /** The build's name. */
  readonly build: string;
  readonly executionArn: string;
  readonly instance: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly succeeded: boolean;
}

/** An object that an attempt uploaded. */
export interface Upload {
  /** `s3://bucket/key` */
  readonly uri: string;
  readonly sha256: string;
  readonly maker: Maker;
}

export interface RecordedUploads {
  /** Whether attempts of the version are recorded, whatever they uploaded. */
  readonly hasAttempts: boolean;
  /** Of the version, the latest attempt last. */
  readonly uploads: readonly Upload[];
  /** The latest upload with that content by another version's task of the same step. */
  readonly replacement: (upload: Upload, sha256: string) => Promise<Upload | undefined>;
  /** Records that are none, or could not be read: what they tell is missing here. */
  readonly unread: readonly string[];
}

type Records = Pick<Stage, "s3" | "description">;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What is read of an attempt's record; the rest is provenance. */
const Statement = z.object({
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: Sha256 }) })),
  predicate: z.object({
    buildDefinition: z.object({
      externalParameters: z.object({
        task: z.string(),
        activity: z.string(),
        version: z.string().optional(),
        platform: z.string().optional(),
        environment: z.looseObject({ VERSIONS: z.string().optional() }).optional(),
      }),
      internalParameters: z.object({ execution: z.string(), instance: z.string() }),
    }),
    runDetails: z.object({
      metadata: z.object({ startedOn: z.iso.datetime(), finishedOn: z.iso.datetime() }),
      byproducts: z.array(z.looseObject({ name: z.string(), annotations: z.looseObject({}).optional() })),
    }),
  }),
});

interface AttemptRecord {
  readonly maker: Maker;
  /** The version that it was about, or those of its build. */
  readonly versions: readonly Version[];
  readonly uploads: readonly Upload[];
}

/** Requests under way at once: S3 takes thousands a second of one folder, and this leaves the builds most of them. */
const AT_ONCE = 16;
/** A content that none of so many later attempts wrote is taken for nobody's. */
const MOST_REPLACEMENTS = 200;

/** What attempts of a version's tasks uploaded, by the records of all builds that the stage has kept. */
export async function recordedUploads(
  stage: Records,
  version: Version,
  { activities }: Pick<Pipeline, "activities">,
): Promise<RecordedUploads> {
  const keys = await recordKeys(stage);
  const names = activities.map(({ name, per }) => (per === "build" ? name : `${name}-${version}`));
  const wanted = keys.filter(({ task }) => names.some((name) => task === name || task.startsWith(`${name}-`)));
  const unread: string[] = [];
  const read = readerOf(stage, unread);
  const records = (await mapAtMost(AT_ONCE, wanted, read)).filter((record) => record !== undefined);
  const ofVersion = records.filter(({ versions }) => versions.includes(version));
  return {
    hasAttempts: ofVersion.length > 0,
    uploads: ofVersion.flatMap(({ uploads }) => uploads),
    unread,
    async replacement({ uri, maker: { step, startedAt } }, sha256) {
      const ofStep = ({ activity, claimedAt }: AttemptKey) => activity === step && claimedAt >= startedAt;
      for (const key of keys.filter(ofStep).reverse().slice(0, MOST_REPLACEMENTS)) {
        const found = (await read(key))?.uploads.find((upload) => upload.uri === uri && upload.sha256 === sha256);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** Of all attempts, the earliest first. */
async function recordKeys({ s3, description }: Records): Promise<AttemptKey[]> {
  const Bucket = description.buckets.state;
  const folders: string[] = [];
  const pages = paginateListObjectsV2({ client: await s3() }, { Bucket, Prefix: stateFolder.attempts, Delimiter: "/" });
  for await (const { CommonPrefixes = [] } of pages)
    folders.push(...CommonPrefixes.flatMap(({ Prefix }) => Prefix ?? []));
  const records = stateRecords(await s3(), Bucket);
  const lists = await mapAtMost(AT_ONCE, folders, (folder) => records.list(folder));
  return lists
    .flat()
    .flatMap((key) => parseAttemptKey(key) ?? [])
    .sort((one, other) => +one.claimedAt - +other.claimedAt);
}

/** Reads each record once. */
function readerOf({ s3, description }: Records, unread: string[]) {
  const bucket = description.buckets.state;
  const known = new Map<string, Promise<AttemptRecord | undefined>>();
  const read = async ({ key, task, activity }: AttemptKey) => {
    // It may expire meanwhile.
    const text = (await readText(await s3(), { bucket, key }))?.text;
    const parsed = text === undefined ? undefined : parseRecord(text);
    // Of another task, its worker could not write it.
    const record = parsed?.maker.task === task && parsed.maker.step === activity ? parsed : undefined;
    if (text !== undefined && record === undefined) unread.push(`s3://${bucket}/${key} is no attempt's record`);
    return record;
  };
  return (attempt: AttemptKey): Promise<AttemptRecord | undefined> => {
    const record = known.get(attempt.key) ?? read(attempt);
    known.set(attempt.key, record);
    return record;
  };
}

/** undefined for what is no record */
function parseRecord(text: string): AttemptRecord | undefined {
  const statement = Statement.safeParse(parseJson(text));
  if (!statement.success) return undefined;
  const { subject, predicate } = statement.data;
  const { externalParameters, internalParameters } = predicate.buildDefinition;
  const { task, activity, version, platform = null, environment } = externalParameters;
  const { metadata, byproducts } = predicate.runDetails;
  const { execution, instance } = internalParameters;
  const logs = new Set(byproducts.flatMap(({ name, uri }) => (name === "log" ? [uri] : [])));
  const maker: Maker = {
    build: execution.slice(execution.lastIndexOf(":") + 1),
    executionArn: execution,
    task,
    step: activity,
    platform,
    instance,
    startedAt: new Date(metadata.startedOn),
    finishedAt: new Date(metadata.finishedOn),
    succeeded: byproducts.some(({ name, annotations }) => name === "outcome" && annotations?.result === "success"),
  };
  return {
    maker,
    versions: version === undefined ? (environment?.VERSIONS ?? "").split(" ") : [version],
    uploads: subject.flatMap(({ name, digest: { sha256 } }) => (logs.has(name) ? [] : [{ uri: name, sha256, maker }])),
  };
}
