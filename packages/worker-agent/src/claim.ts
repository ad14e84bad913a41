import { type Claim, stateKey } from "@muster/pipeline";
import type { AwsClients } from "./aws-clients.ts";
import type { Diagnostics } from "./diagnostics.ts";

/** The record by which repair ends a task at once when this worker's machine is gone. */
export interface ClaimRecord {
  /** Best effort: without it, the task is given back when its heartbeat is missed. */
  write(claim: Claim): void;
  clear(): void;
  /** Resolves when everything above has been tried. */
  settled(): Promise<void>;
}

export interface ClaimOptions {
  readonly clients: Pick<AwsClients, "s3">;
  readonly bucket: string;
  readonly activity: string;
  readonly instanceId: string;
  readonly diagnostics: Diagnostics;
}

/** Writes and clears follow each other in the order in which they were asked for, beside the task. */
export function claimRecord({ clients, bucket, activity, instanceId, diagnostics }: ClaimOptions): ClaimRecord {
  const place = { bucket, key: stateKey.claim(activity, instanceId) };
  let last: Promise<void> = Promise.resolve();
  const then = (what: string, work: (objects: typeof import("./objects.ts")) => Promise<unknown>) => {
    last = last
      .then(() => import("./objects.ts"))
      .then(work)
      .then(
        () => undefined,
        (error: unknown) => diagnostics.warn(`the claim could not be ${what}`, { error }),
      );
  };
  return {
    write: (claim) => then("written", async (objects) => objects.putJson(await clients.s3(), place, claim)),
    clear: () => then("cleared", async (objects) => objects.deleteObject(await clients.s3(), place)),
    settled: () => last,
  };
}

/** For workers that repair does not watch. */
export const noClaimRecord: ClaimRecord = { write() {}, clear() {}, settled: async () => {} };
