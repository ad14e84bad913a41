import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { logMarker, workerLogStream, workerPollName } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { clientsAtHand } from "../stages/local/local-clients.ts";
import type { Stage } from "../stages/stage.ts";
import { stageForTests } from "./stage-for-tests.ts";

export const TASK = "MakePackage-1.2.3-debian-12-bookworm";

/** A stage in memory on which a test plays the worker of builds that have one task, tried three times. */
export async function playedStage() {
  const tests = await stageForTests();
  const { clients, description, pipeline, loaded } = tests;
  const { sfn, logs, s3 } = clients;
  const logGroupName = description.logGroups.MakePackage as string;
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: "MakePackage" }));
  const task = {
    Type: "Task",
    Resource: activityArn,
    End: true,
    Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 2 }],
  };
  const definition = JSON.stringify({ StartAt: "MakePackage", States: { MakePackage: task } });
  const roleArn = "arn:aws:iam::000000000000:role/any";
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({ name: pipeline.name, definition, roleArn }),
  );
  const stage: Stage = {
    pipeline,
    pipelineFolder: loaded.folder,
    description,
    ...clientsAtHand(clients),
    pollMs: 20,
    isBilled: false,
    movedBy: "here",
    downloads: "",
    caller: async () => "alice",
    notify: async () => ({ ignored: "nobody is told in tests" }),
    close: async () => {},
  };
  const put = (instance: string, messages: readonly string[], timestamp = Date.now()) =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName: workerLogStream(instance),
        logEvents: messages.map((message) => ({ timestamp, message })),
      }),
    );
  return {
    ...tests,
    stage,
    put,
    async startBuild(name: string) {
      const input = JSON.stringify({ per: "platform", version: "1.2.3", platform: "debian-12-bookworm" });
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    },
    /** A worker takes the task, and says so in its log. */
    async take(instance: string, build: string) {
      const { taskToken } = await sfn.send(
        new GetActivityTaskCommand({ activityArn, workerName: workerPollName(instance) }),
      );
      const logStreamName = workerLogStream(instance);
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch((error: unknown) => {
        if (!(error instanceof ResourceAlreadyExistsException)) throw error;
      });
      const attempt = new Date().toISOString();
      const mark = (kind: "start" | "end", details: string) => logMarker({ kind, task: TASK, build, attempt, details });
      await put(instance, [mark("start", `on ${instance}`)]);
      return {
        attempt,
        prints: (...messages: string[]) => put(instance, messages),
        async fails() {
          await put(instance, [mark("end", "Muster.ScriptFailed, exit 2")]);
          await sfn.send(new SendTaskFailureCommand({ taskToken, error: "Muster.ScriptFailed", cause: "{}" }));
        },
        async succeeds() {
          await put(instance, [mark("end", "succeeded")]);
          await sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
        },
      };
    },
    /** What retention does to old logs. */
    expire: (instance: string) =>
      logs.send(new DeleteLogStreamCommand({ logGroupName, logStreamName: workerLogStream(instance) })),
    async keep({ build, instance, attempt, suffix, body }: KeptPart) {
      const Bucket = description.buckets.state;
      await s3.send(new CreateBucketCommand({ Bucket })).catch(() => {});
      const Key = stateKey.attempt(build, TASK, instance, attempt).replace(/\.json$/, suffix);
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: body }));
    },
  };
}

/** Of an attempt's record. */
export interface KeptPart {
  readonly build: string;
  readonly instance: string;
  readonly attempt: string;
  readonly suffix: ".json" | ".log.gz";
  readonly body: string | Buffer;
}
