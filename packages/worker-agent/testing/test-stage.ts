import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, CreateLogGroupCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client, RunInstancesCommand, type RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createLocalAws, type LocalAws, type LocalAwsOptions } from "@muster/local";
import { Place, type TaskInput, type WorkerEnvironment, workerLogStream } from "@muster/pipeline";

export const ACTIVITY = "MakeThing";
export const STATE_BUCKET = "test-state";
export const SCRATCH_BUCKET = "test-scratch";
export const LOG_GROUP = "/muster/test/make-thing";

const IMAGE = "ami-00000000000000001";

/** How an execution ended: what its one task reported, or what Step Functions says of it. */
export interface TaskEnding {
  readonly status: string;
  readonly output?: Record<string, unknown>;
  readonly error?: string;
  readonly cause?: Record<string, unknown>;
}

export interface PublishedTask {
  readonly executionArn: string;
  /** Resolves when the task has ended. */
  readonly ended: Promise<TaskEnding>;
  history(): Promise<string[]>;
}

/** An AWS on this machine with one activity, and what tests ask it. */
export interface TestStage extends AsyncDisposable {
  readonly aws: LocalAws;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  readonly ec2: EC2Client;
  /** Of this stage alone; removed with it. */
  readonly folder: string;
  readonly url: string;
  readonly activityArn: string;
  /** What every worker of this stage is told, its scripts aside. */
  readonly environment: Omit<WorkerEnvironment, "SCRIPT_URL" | "DUMMY_SCRIPT_URL">;
  /** Launches one machine as launch templates do; answers its id. */
  launch(options?: Partial<RunInstancesCommandInput>): Promise<string>;
  publish(task?: Partial<TaskInput>): Promise<PublishedTask>;
  /** Publishes a task and waits until it has ended. */
  runTask(task?: Partial<TaskInput>): Promise<TaskEnding>;
  logLines(instanceId: string): Promise<string[]>;
  /** Keys of the state bucket. */
  stateKeys(prefix?: string): Promise<string[]>;
  stateObject(key: string): Promise<Buffer>;
}

const ROLE = "arn:aws:iam::000000000000:role/test";

export async function testStage(options: LocalAwsOptions = {}): Promise<TestStage> {
  const folder = await mkdtemp(join(tmpdir(), "muster-agent-test-"));
  const aws = createLocalAws({ ...options, ec2: { images: [IMAGE], ...options.ec2 } });
  aws.start();
  const { url } = await aws.listen();
  // The tests' own calls take no socket: they never compete with the worker's.
  const config = aws.clientConfig();
  const sfn = new SFNClient(config);
  const s3 = new S3Client(config);
  const ec2 = new EC2Client(config);
  const logs = new CloudWatchLogsClient(config);
  const { activityArn = "" } = await sfn.send(new CreateActivityCommand({ name: "test-make-thing" }));
  await Promise.all([STATE_BUCKET, SCRATCH_BUCKET].map((Bucket) => s3.send(new CreateBucketCommand({ Bucket }))));
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  const stateMachineArn = await createStateMachine(sfn, activityArn);
  const publish = (task: Partial<TaskInput> = {}) => publishTask({ aws, sfn, stateMachineArn }, task);
  return {
    aws,
    sfn,
    s3,
    ec2,
    folder,
    url,
    activityArn,
    environment: {
      ACTIVITY_ARN: activityArn,
      ACTIVITY_NAME: ACTIVITY,
      AWS_REGION: aws.region,
      LOG_GROUP,
      STATE_BUCKET,
      SCRATCH_BUCKET,
    },
    launch: (instance) => launchInstance(ec2, instance),
    publish,
    runTask: async (task) => (await publish(task)).ended,
    logLines: (instanceId) => readLogLines(logs, workerLogStream(instanceId)),
    stateKeys: (prefix = "") => listStateKeys(s3, prefix),
    async stateObject(key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: STATE_BUCKET, Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async [Symbol.asyncDispose]() {
      await aws.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Of one state: the activity's. */
async function createStateMachine(sfn: SFNClient, activityArn: string): Promise<string | undefined> {
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "test",
      roleArn: ROLE,
      definition: JSON.stringify({
        StartAt: ACTIVITY,
        States: {
          [ACTIVITY]: {
            Type: "Task",
            Resource: activityArn,
            TimeoutSecondsPath: "$.timeoutSeconds",
            HeartbeatSecondsPath: "$.heartbeatSeconds",
            End: true,
          },
        },
      }),
    }),
  );
  return stateMachineArn;
}

async function publishTask(
  { aws, sfn, stateMachineArn }: { aws: LocalAws; sfn: SFNClient; stateMachineArn: string | undefined },
  task: Partial<TaskInput>,
): Promise<PublishedTask> {
  const name = `build-${Math.random().toString(36).slice(2)}`;
  const executionArn = `arn:aws:states:${aws.region}:${aws.accountId}:execution:test:${name}`;
  const input: TaskInput = {
    name: `${ACTIVITY}-1.2.3-debian-12-bookworm`,
    activity: ACTIVITY,
    execution: executionArn,
    debug: "",
    timeoutSeconds: 3600,
    heartbeatSeconds: 300,
    env: { VERSION: "1.2.3" },
    ...task,
    ...Place.parse({ version: "1.2.3", ...task }),
  };
  await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  return {
    executionArn,
    ended: endingOf(sfn, executionArn),
    async history() {
      const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
      return events.map(({ type }) => type ?? "");
    },
  };
}

async function endingOf(sfn: SFNClient, executionArn: string): Promise<TaskEnding> {
  for (;;) {
    const { status = "", output, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== "RUNNING") {
      return {
        status,
        ...(output !== undefined && { output: JSON.parse(output) }),
        ...(error !== undefined && { error }),
        ...(cause !== undefined && cause !== "" && { cause: parseCause(cause) }),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function launchInstance(ec2: EC2Client, options: Partial<RunInstancesCommandInput> = {}): Promise<string> {
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: IMAGE,
      InstanceType: "t3.small",
      MinCount: 1,
      MaxCount: 1,
      IamInstanceProfile: { Name: "worker" },
      MetadataOptions: { HttpTokens: "required", InstanceMetadataTags: "enabled" },
      ...options,
    }),
  );
  return Instances[0]?.InstanceId ?? "";
}

async function readLogLines(logs: CloudWatchLogsClient, logStreamName: string): Promise<string[]> {
  const stream = { logGroupName: LOG_GROUP, logStreamName, startFromHead: true };
  const lines: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await logs.send(new GetLogEventsCommand({ ...stream, nextToken }));
    lines.push(...(page.events ?? []).map(({ message }) => message ?? ""));
    if (page.nextForwardToken === nextToken) return lines;
    nextToken = page.nextForwardToken;
  }
}

async function listStateKeys(s3: S3Client, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: STATE_BUCKET, Prefix: prefix, ContinuationToken: token }),
    );
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ""));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}

function parseCause(cause: string): Record<string, unknown> {
  try {
    return JSON.parse(cause);
  } catch {
    return { message: cause };
  }
}
