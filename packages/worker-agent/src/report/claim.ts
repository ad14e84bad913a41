import type { S3Client } from "@aws-sdk/client-s3";
import type { Claim } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { type AwsClients, lazily } from "../aws/aws-clients.ts";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";

/** What of a claim is its task's. */
export type TaskOfClaim = Omit<Claim, "activity" | "instance">;

/** The record by which repair ends a task at once when this worker's machine is gone. */
export interface ClaimRecord {
  /** Best effort: without it, the task is given back when its heartbeat is missed. */
  write(task: TaskOfClaim): void;
  clear(): void;
  /** Resolves when everything above has been tried. */
  settled(): Promise<void>;
}

export interface ClaimOptions {
  readonly clients: Pick<AwsClients, "s3">;
  readonly bucket: string;
  readonly activity: string;
  readonly instanceId: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** A task that is over by then needs no claim. */
const LINGER_MS = 25;

export const loadObjects = lazily(() => import("../s3/objects.ts"));

/** Writes and clears follow each other in the order in which they were asked for, beside the task. */
export function claimRecord(options: ClaimOptions): ClaimRecord {
  const { clients, bucket, activity, instanceId, clock, diagnostics } = options;
  const place = { bucket, key: stateKey.claim(activity, instanceId) };
  let last: Promise<void> = Promise.resolve();
  let cancelWrite: (() => void) | undefined;
  const then = (what: string, work: (objects: typeof import("../s3/objects.ts"), s3: S3Client) => Promise<unknown>) => {
    last = last
      .then(async () => work(await loadObjects(), await clients.s3()))
      .then(
        () => undefined,
        (error: unknown) => diagnostics.warn(`the claim could not be ${what}`, { error }),
      );
  };
  return {
    write(task) {
      const claim: Claim = { ...task, activity, instance: instanceId };
      cancelWrite = clock.at(clock.now() + LINGER_MS, () => {
        cancelWrite = undefined;
        then("written", (objects, s3) => objects.putJson(s3, place, claim));
      });
    },
    clear() {
      if (cancelWrite === undefined) return then("cleared", (objects, s3) => objects.deleteObject(s3, place));
      cancelWrite();
      cancelWrite = undefined;
    },
    settled: () => last,
  };
}

/** For workers that repair does not watch. */
export const noClaimRecord: ClaimRecord = { write() {}, clear() {}, settled: async () => {} };
