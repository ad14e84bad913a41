import type { S3Client } from "@aws-sdk/client-s3";
import {
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from "@aws-sdk/client-sfn";
import type { LocalAws, TaskInHand } from "@muster/local";
import {
  ErrorName,
  HealthCheckToken,
  instanceOfPollName,
  Lease,
  MusterError,
  type StageDescription,
} from "@muster/pipeline";
import { type StateRecords, stateFolder, stateKey, stateRecords } from "@muster/records";
import type * as z from "zod";
import { listBuilds } from "../../history/find-build.ts";

export interface TakeOverOptions {
  readonly aws: Pick<LocalAws, "clock" | "tasksInHand" | "start">;
  readonly clients: { readonly s3: S3Client; readonly sfn: SFNClient };
  readonly description: StageDescription;
}

/**
 * Lets what was under way go on. All functions and workers of a folder live and die with the process that owns it, so that the next owner knows what
 * on AWS only time tells: nobody holds a lease any more, and no worker its task.
 */
export async function takeOver({ aws, clients, description }: TakeOverOptions): Promise<void> {
  // Looked at before anything moves: new workers take tasks too.
  const lost = aws.tasksInHand();
  const records = stateRecords(clients.s3, description.buckets.state);
  await releaseLeases(records);
  aws.start();
  await Promise.all(lost.map((task) => giveBack(task, { sfn: clients.sfn, now: aws.clock.now() })));
  await wakeHealthChecks({ sfn: clients.sfn, records, description });
}

async function releaseLeases(records: StateRecords): Promise<void> {
  await Promise.all(
    (await records.list(stateFolder.leases)).map(async (key) => {
      const lease = await readOrSkip(records, key, Lease);
      if (lease !== undefined && !lease.released)
        await records.write(key, { ...lease, released: true } satisfies Lease);
    }),
  );
}

/** A worker writes down what it has claimed, for repair to give back, but only once it has it. */
async function giveBack(
  { taskToken, workerName, startedAt }: TaskInHand,
  { sfn, now }: { sfn: SFNClient; now: number },
): Promise<void> {
  const instance = instanceOfPollName(workerName);
  // Test workers are started by hand, and outlive the owner.
  if (!instance?.startsWith("i-")) return;
  const seconds = Math.max(0, Math.round((now - startedAt.getTime()) / 1000));
  const cause = { ec2: instance, time_sec: String(seconds), message: "its machine is gone" };
  await unlessOver(
    sfn.send(
      new SendTaskFailureCommand({ taskToken, error: ErrorName.workerInterrupted, cause: JSON.stringify(cause) }),
    ),
  );
}

/** What a function was about to do when it died, such as launching for others, the next health check does: it is due now. */
async function wakeHealthChecks({
  sfn,
  records,
  description,
}: {
  sfn: SFNClient;
  records: StateRecords;
  description: StageDescription;
}): Promise<void> {
  for (const { name } of await listBuilds({ sfn, description }, { running: true })) {
    const taskToken = (await readOrSkip(records, stateKey.healthCheckToken(name), HealthCheckToken))?.token;
    if (taskToken !== undefined) await unlessOver(sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" })));
  }
}

/** undefined also for what is no record: it must not keep the owner from starting. */
async function readOrSkip<T>(records: StateRecords, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return (await records.read(key, schema))?.value;
  } catch (error) {
    if (error instanceof MusterError) return undefined;
    throw error;
  }
}

/** Repair may have been faster, and a state may have timed out. */
async function unlessOver(answer: Promise<unknown>): Promise<void> {
  await answer.catch((error: unknown) => {
    if (!(error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken))
      throw error;
  });
}
