import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
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
  type StageDescription,
  stateKey,
} from "@muster/pipeline";
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
  await releaseLeases(clients.s3, description.buckets.state);
  aws.start();
  await Promise.all(lost.map((task) => giveBack(task, { sfn: clients.sfn, now: aws.clock.now() })));
  await wakeHealthChecks({ clients, description });
}

async function releaseLeases(s3: S3Client, bucket: string): Promise<void> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: stateKey.leases }));
  await Promise.all(
    Contents.map(async ({ Key }) => {
      const lease = Lease.safeParse(await readJson(s3, bucket, Key)).data;
      if (lease === undefined || lease.released) return;
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key,
          Body: JSON.stringify({ ...lease, released: true } satisfies Lease),
        }),
      );
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
async function wakeHealthChecks({ clients: { s3, sfn }, description }: Omit<TakeOverOptions, "aws">): Promise<void> {
  for (const { name } of await listBuilds({ sfn, description }, { running: true })) {
    const record = await readJson(s3, description.buckets.state, stateKey.healthCheckToken(name));
    const taskToken = HealthCheckToken.safeParse(record).data?.token;
    if (taskToken !== undefined) await unlessOver(sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" })));
  }
}

async function readJson(s3: S3Client, Bucket: string, Key: string | undefined): Promise<unknown> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return JSON.parse((await Body?.transformToString()) ?? "null");
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof SyntaxError) return undefined;
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
