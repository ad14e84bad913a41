import { parseJson } from "@muster/history";
import { DebugMode, Place } from "@muster/pipeline";
import { listAttempts, parseAttemptKey, readText } from "@muster/records";
import * as z from "zod";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";

const Dependency = z.looseObject({
  name: z.string(),
  uri: z.string(),
  digest: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
});

/** What is read of an attempt's record: an in-toto statement, as the agent's `attemptStatement` writes it. */
const Statement = z.object({
  subject: z.array(z.looseObject({ name: z.string() })).default([]),
  predicate: z.object({
    buildDefinition: z.object({
      externalParameters: z.looseObject({
        task: z.string(),
        activity: z.string(),
        debug: DebugMode,
        environment: z.record(z.string(), z.string()),
      }),
      internalParameters: z.looseObject({
        execution: z.string(),
        timeoutSeconds: z.number(),
        heartbeatSeconds: z.number(),
        instance: z.string(),
        imageId: z.string().optional(),
        instanceType: z.string().optional(),
      }),
      resolvedDependencies: z.array(z.unknown()).default([]),
    }),
    runDetails: z.object({
      builder: z.object({ id: z.string() }),
      metadata: z.looseObject({ startedOn: z.iso.datetime(), finishedOn: z.iso.datetime() }),
      byproducts: z.array(
        z.looseObject({ name: z.string(), annotations: z.record(z.string(), z.unknown()).optional() }),
      ),
    }),
  }),
});

/** A script as an attempt had it. */
export interface PinnedScript {
  /** Where the worker had it from, without what gives access to it. */
  readonly url: string;
  /** Of its contents, in hex. */
  readonly sha256: string;
}

/** What a record says of how its attempt ended. */
export interface RecordedEnd {
  readonly error?: string;
  /** As JSON. */
  readonly cause?: string;
}

/** What an attempt's record keeps of what it ran. */
export interface AttemptRecord {
  /** In the state bucket. */
  readonly key: string;
  readonly task: string;
  readonly activity: string;
  readonly activityArn: string;
  readonly place: Place;
  readonly debug: DebugMode;
  readonly execution: string;
  readonly timeoutSeconds: number;
  readonly heartbeatSeconds: number;
  readonly instance: string;
  readonly imageId: string | undefined;
  readonly instanceType: string | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** All that the script had, secrets masked. */
  readonly environment: Readonly<Record<string, string>>;
  /** undefined where the record names no digest: the agent died, or nothing came to run. */
  readonly script: PinnedScript | undefined;
  readonly init: PinnedScript | undefined;
  /** URLs of what its script uploaded, and of its log. */
  readonly uploads: readonly string[];
  readonly end: RecordedEnd;
}

/**
 * @param text of the object, undefined where it is gone
 * @throws UsageError where it is no attempt's record
 */
export function parseAttemptRecord(key: string, text: string | undefined): AttemptRecord {
  const read = Statement.safeParse(parseJson(text));
  const place = Place.safeParse(read.data?.predicate.buildDefinition.externalParameters);
  if (!read.success || !place.success) throw noRecord(key);
  const { buildDefinition, runDetails } = read.data.predicate;
  const { externalParameters, internalParameters, resolvedDependencies } = buildDefinition;
  const { execution, timeoutSeconds, heartbeatSeconds, instance, imageId, instanceType } = internalParameters;
  const { task, activity, debug, environment } = externalParameters;
  const pinned = (wanted: string): PinnedScript | undefined => {
    const found = resolvedDependencies
      .map((each) => Dependency.safeParse(each).data)
      .find((each) => each?.name === wanted);
    return found && { url: found.uri, sha256: found.digest.sha256 };
  };
  return {
    key,
    ...{ task, activity, debug, environment },
    activityArn: runDetails.builder.id,
    place: place.data,
    ...{ execution, timeoutSeconds, heartbeatSeconds, instance, imageId, instanceType },
    startedAt: new Date(runDetails.metadata.startedOn),
    finishedAt: new Date(runDetails.metadata.finishedOn),
    script: pinned("script"),
    init: pinned("init"),
    uploads: read.data.subject.map(({ name }) => name),
    end: endOf(runDetails.byproducts.find(({ name }) => name === "outcome")?.annotations ?? {}),
  };
}

const noRecord = (key: string): UsageError =>
  new UsageError(`${key} is no attempt's record: nothing tells what the attempt ran`, {
    hint: "muster task runs a task's script as it is now",
  });

function endOf({ result, error, cause, why }: Readonly<Record<string, unknown>>): RecordedEnd {
  if (result === "success" || result === undefined) return {};
  if (result === "cancelled") return { error: String(why) };
  return { error: String(error), cause: JSON.stringify(cause ?? {}) };
}

type Records = Pick<Stage, "s3" | "description">;

/**
 * An attempt's record, by its key.
 * @throws UsageError where it is none, or tells of another task than its key does, which its worker could not write
 */
export async function readAttemptRecord({ s3, description }: Records, key: string): Promise<AttemptRecord> {
  const text = await readText(await s3(), { bucket: description.buckets.state, key });
  const record = parseAttemptRecord(key, text?.text);
  const told = parseAttemptKey(key);
  if (told?.task !== record.task || told.activity !== record.activity) throw noRecord(key);
  return record;
}

/** Keys of the records of one task of a build, in the order in which workers took it. */
export async function listAttemptRecords(
  { s3, description }: Records,
  task: { build: string; task: string },
): Promise<string[]> {
  const keys = await listAttempts(await s3(), description.buckets.state, task);
  return keys.filter((key) => key.endsWith(".json"));
}

/** Of a record's key: `…/2026-11-30T09-30-00-123Z_i-0123.json`. */
export const instanceOfRecord = (key: string): string => key.slice(key.lastIndexOf("_") + 1, -".json".length);
