import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Place, type StageDescription, scriptFile, type TaskInput, workerLogStream } from "@muster/pipeline";
import { digestMetadata, stateKey } from "@muster/records";

/** An attempt whose script was played, and how it ended. */
export interface PlayedAttempt {
  readonly task: TaskInput;
  readonly instanceId: string;
  /** ISO 8601. */
  readonly claimedAt: string;
  readonly finishedAt: Date;
  readonly prints: readonly string[];
  /** Contents by URI. */
  readonly uploads: Readonly<Record<string, string>>;
  /** As the record's outcome says it. */
  readonly outcome: Readonly<Record<string, unknown>>;
}

export const sha256Of = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** Keeps of a played attempt what the agent keeps of a real one: its record, and its log beside it. */
export async function keepPlayedRecord(
  { s3, description, folder, script }: { s3: S3Client; description: StageDescription; folder: string; script: string },
  { task, instanceId, claimedAt, finishedAt, prints, uploads, outcome }: PlayedAttempt,
): Promise<void> {
  const { state: Bucket, scratch, downloads } = description.buckets;
  const key = stateKey.attempt(task.execution, task.name, instanceId, claimedAt);
  const log = { key: key.replace(/json$/, "log.gz"), contents: gzipSync(`${prints.join("\n")}\n`) };
  const { per: _, ...names } = Place.parse(task);
  const file = scriptFile(folder, script);
  const made = { ...uploads, [`s3://${Bucket}/${log.key}`]: log.contents };
  const statement = {
    subject: Object.entries(made).map(([name, content]) => ({ name, digest: { sha256: sha256Of(content) } })),
    predicate: {
      buildDefinition: {
        externalParameters: {
          ...{ task: task.name, activity: task.activity, ...names, debug: task.debug },
          environment: { ...task.env, S3_SCRATCH: scratch, S3_DOWNLOADS: downloads, HOME: "/root" },
        },
        internalParameters: {
          execution: task.execution,
          timeoutSeconds: task.timeoutSeconds,
          heartbeatSeconds: task.heartbeatSeconds,
          region: description.region,
          instance: instanceId,
        },
        resolvedDependencies: existsSync(file)
          ? [{ name: "script", uri: pathToFileURL(file).href, digest: { sha256: sha256Of(await readFile(file)) } }]
          : [],
      },
      runDetails: {
        builder: { id: description.activities[task.activity] },
        metadata: { startedOn: claimedAt, finishedOn: finishedAt.toISOString() },
        byproducts: [
          { name: "outcome", annotations: outcome },
          {
            name: "log",
            uri: `s3://${Bucket}/${log.key}`,
            annotations: {
              logGroup: description.logGroups[task.activity],
              logStream: workerLogStream(instanceId),
              complete: true,
            },
          },
          { name: "last lines", content: Buffer.from(prints.slice(-20).join("\n")).toString("base64") },
        ],
      },
    },
  };
  await s3.send(new PutObjectCommand({ Bucket, Key: log.key, Body: log.contents }));
  await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: JSON.stringify(statement) }));
}

/** Stores an object as `muster-s3` does. */
export const storePlayed = (s3: S3Client, { Bucket, Key, Body }: { Bucket: string; Key: string; Body: string }) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata: digestMetadata(sha256Of(Body)) }));
