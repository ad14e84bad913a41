import { createHash } from "node:crypto";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { digestMetadata, stateKey } from "@muster/records";
import { placeOfUri } from "../artifacts/read-small.ts";
import type { Context } from "../context.ts";
import { createPrint } from "../print.ts";
import { clientsAtHand } from "../stages/local/local-clients.ts";
import { stageForTests } from "./stage-for-tests.ts";

/** An attempt that a test wants recorded. */
export interface AttemptToRecord {
  readonly activity: string;
  readonly version: string;
  readonly platform?: string;
  readonly build?: string;
  readonly instance?: string;
  readonly startedOn?: string;
  readonly succeeded?: boolean;
  /** Contents by URI. */
  readonly uploads: Readonly<Record<string, string>>;
}

export const sha256Of = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

/** A stage in memory with its buckets, on which a test records attempts and stores what they made. */
export async function recordedStage() {
  const tests = await stageForTests();
  const { clients, description, pipeline } = tests;
  const { s3 } = clients;
  const { scratch, downloads, state } = description.buckets;
  for (const Bucket of [scratch, downloads, state]) await s3.send(new CreateBucketCommand({ Bucket }));
  const scratchUri = (key: string) => `s3://${scratch}/${key}`;
  const downloadsUri = (key: string) => `s3://${downloads}/${key}`;

  /** Stores an object as muster-s3 does; without `isMusters` as others do. */
  const put = async (uri: string, content: string | Buffer, { isMusters = true } = {}) => {
    const { bucket: Bucket, key: Key } = placeOfUri(uri);
    const Metadata = isMusters ? digestMetadata(sha256Of(content)) : undefined;
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: content, Metadata }));
  };

  const record = async (attempt: AttemptToRecord) => {
    const { activity, version, platform, build = "1.2.3_alice", instance = "i-1", succeeded = true } = attempt;
    const { startedOn = new Date().toISOString() } = attempt;
    const task = [activity, version, ...(platform === undefined ? [] : [platform])].join("-");
    const subject = Object.entries(attempt.uploads).map(([name, content]) => ({
      name,
      digest: { sha256: sha256Of(content) },
    }));
    const key = stateKey.attempt(build, task, instance, startedOn);
    const log = `s3://${state}/${key.replace(/json$/, "log.gz")}`;
    const statement = {
      subject: [...subject, { name: log, digest: { sha256: sha256Of("") } }],
      predicate: {
        buildDefinition: {
          externalParameters: { task, activity, version, platform, debug: "", environment: {} },
          internalParameters: { execution: `arn:aws:states:us-west-2:1:execution:small:${build}`, instance },
        },
        runDetails: {
          metadata: { startedOn, finishedOn: startedOn },
          byproducts: [
            { name: "outcome", annotations: { result: succeeded ? "success" : "failure" } },
            { name: "log", uri: log },
          ],
        },
      },
    };
    await s3.send(new PutObjectCommand({ Bucket: state, Key: key, Body: JSON.stringify(statement) }));
  };

  return {
    ...tests,
    scratchUri,
    downloadsUri,
    put,
    record,
    /** Records an attempt, and stores what it made. */
    async make(attempt: AttemptToRecord) {
      for (const [uri, content] of Object.entries(attempt.uploads)) await put(uri, content);
      await record(attempt);
    },
    /** Gives everything in the state bucket another key. */
    async move(to: (key: string) => string) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: state }));
      for (const { Key = "" } of Contents) {
        await s3.send(new CopyObjectCommand({ Bucket: state, CopySource: `${state}/${Key}`, Key: to(Key) }));
        await s3.send(new DeleteObjectCommand({ Bucket: state, Key }));
      }
    },
    /** What a command of such a stage prints. */
    context({ columns, json = false }: { columns?: number; json?: boolean } = {}) {
      const out: string[] = [];
      const errors: string[] = [];
      const isTTY = columns !== undefined;
      const stream = (to: string[]) =>
        ({
          columns,
          isTTY,
          write: (text: string) => to.push(...text.split("\n").slice(0, -1)),
        }) as unknown as NodeJS.WriteStream;
      const print = createPrint({ stdout: stream(out), stderr: stream(errors) }, { noColor: true });
      const stage = { ...clientsAtHand(clients), description, pipeline, pollMs: 20 };
      const context = { openStage: async () => stage, print, globals: { json }, env: { cwd: tests.loaded.folder } };
      return { out, errors, context: context as unknown as Context };
    },
  };
}
