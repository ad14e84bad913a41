import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BucketAlreadyOwnedByYou, CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createLocalAws, virtualClock } from "@muster/local";
import { ErrorName, HealthCheckToken, type Lease, workerPollName } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { stageForTests } from "../../testing/stage-for-tests.ts";
import { localClients } from "./local-clients.ts";
import { takeOver } from "./take-over.ts";

test("tasks of the dead owner's instances are given back at once, those of test workers stay theirs", async () => {
  await using folder = await ownedFolder();
  const before = await folder.open();
  const activityArn = folder.description.activities.MakeSource;
  await before.clients.sfn.send(new CreateActivityCommand({ name: activityArn?.split(":").at(-1) }));
  const task = { Type: "Task", Resource: activityArn, HeartbeatSeconds: 300, End: true };
  const branches = [1, 2].map((number) => ({ StartAt: `Task${number}`, States: { [`Task${number}`]: task } }));
  const executionArn = await before.start({ Both: { Type: "Parallel", Branches: branches, End: true } });
  for (const instance of ["i-0123456789abcdef0", "test-worker-MakeSource"]) {
    const workerName = workerPollName(instance);
    await before.clients.sfn.send(new GetActivityTaskCommand({ activityArn, workerName }));
  }
  await before.aws.close();

  const after = await folder.open();
  await takeOver({ ...after, description: folder.description });
  const { events = [] } = await after.clients.sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  const failures = events.flatMap(({ activityFailedEventDetails }: HistoryEvent) => activityFailedEventDetails ?? []);
  expect(failures).toEqual([
    {
      error: ErrorName.workerInterrupted,
      cause: JSON.stringify({ ec2: "i-0123456789abcdef0", time_sec: "0", message: "its machine is gone" }),
    },
  ]);
});

test("leases of the dead owner's functions and workers are free, and their numbers go on", async () => {
  await using folder = await ownedFolder();
  const { aws, clients } = await folder.open();
  const { description } = folder;
  const held: Lease = { holder: "dead", fencing: 7, expiresAt: "2999-01-01T00:00:00.000Z", released: false };
  const keys = [stateKey.repairLease("MakeSource"), stateKey.exclusiveLease("MakePackage")];
  const place = (Key: string) => ({ Bucket: description.buckets.state, Key });
  for (const key of keys) await clients.s3.send(new PutObjectCommand({ ...place(key), Body: JSON.stringify(held) }));

  await takeOver({ aws, clients, description });
  for (const key of keys) {
    const { Body } = await clients.s3.send(new GetObjectCommand(place(key)));
    expect(JSON.parse((await Body?.transformToString()) ?? "")).toEqual({ ...held, released: true });
  }
});

test("the health check of a build that goes on is due at once", async () => {
  await using folder = await ownedFolder();
  const before = await folder.open();
  const { description } = folder;
  const wait = {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
    Parameters: { FunctionName: "wait", Payload: { "token.$": "$$.Task.Token", "name.$": "$$.Execution.Name" } },
    TimeoutSeconds: 300,
    End: true,
  };
  const executionArn = await before.start({ HealthCheckWait: wait });
  await before.aws.idle();
  await before.aws.close();

  const after = await folder.open();
  await takeOver({ ...after, description });
  const { status } = await after.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  expect(status).toBe("SUCCEEDED");
});

function ignoreOwned(error: unknown): void {
  if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
}

/** A folder that one process after the other owns. */
async function ownedFolder() {
  const dir = await mkdtemp(join(tmpdir(), "muster-take-over-"));
  const stage = await stageForTests();
  const { description } = stage;
  const clock = virtualClock();
  const opened: ReturnType<typeof createLocalAws>[] = [];
  return {
    description,
    async open() {
      const aws = createLocalAws({ dir, clock, functions: { wait: (event) => keepToken(event) } });
      opened.push(aws);
      const clients = localClients(aws.clientConfig());
      const Bucket = description.buckets.state;
      await clients.s3.send(new CreateBucketCommand({ Bucket })).catch(ignoreOwned);
      const keepToken = async (event: unknown) => {
        const { name } = event as { name: string };
        const Body = JSON.stringify(HealthCheckToken.parse(event));
        await clients.s3.send(new PutObjectCommand({ Bucket, Key: stateKey.healthCheckToken(name), Body }));
      };
      return {
        aws,
        clients,
        async start(states: object): Promise<string> {
          const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
          const name = description.stateMachineArn.split(":").at(-1);
          const roleArn = `arn:aws:iam::${description.accountId}:role/any`;
          aws.start();
          await clients.sfn.send(new CreateStateMachineCommand({ name, definition, roleArn }));
          const { executionArn = "" } = await clients.sfn.send(
            new StartExecutionCommand({ stateMachineArn: description.stateMachineArn, name: "build" }),
          );
          return executionArn;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const aws of opened) await aws.close();
      await stage[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
