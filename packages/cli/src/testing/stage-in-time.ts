import { CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
} from "@aws-sdk/client-sfn";
import { createHandlers } from "@muster/lambdas";
import {
  createLocalAws,
  type LocalAwsOptions,
  type RunningInstance,
  runUntil,
  sleepUntil,
  virtualClock,
} from "@muster/local";
import {
  type Activity,
  ErrorName,
  logMarker,
  type Pipeline,
  TaskInput,
  workerLogStream,
  workerName,
  workerPollName,
} from "@muster/pipeline";
import { stateKey, WorkerTag } from "@muster/records";
import { describeLocalStage } from "../stages/local/describe-local-stage.ts";
import { lateFunctions } from "../stages/local/late-functions.ts";
import { workerProfile } from "../stages/local/launch-templates.ts";
import { clientsAtHand, localClients } from "../stages/local/local-clients.ts";
import { setUpStage } from "../stages/local/set-up-stage.ts";
import type { Stage } from "../stages/stage.ts";
import { keepPlayedRecord, type PlayedAttempt, storePlayed } from "./played-record.ts";

/** What a played script does: prints, works so long, and ends. */
export interface Played {
  readonly seconds: number;
  readonly prints?: readonly string[];
  /** 0 where absent. */
  readonly exit?: number;
  readonly error?: string;
  /** Keys of what it stores in a bucket, where it succeeds. */
  readonly stores?: Partial<Record<"scratch" | "downloads", string>>;
  /** The worker hangs: it learns of nothing, and goes on when the script has ended. */
  readonly hangs?: boolean;
}

export interface StageInTimeOptions {
  readonly pipeline: Pipeline;
  /** With its scripts. */
  readonly folder: string;
  readonly play: (task: TaskInput, attempt: number) => Played;
  readonly ec2?: LocalAwsOptions["ec2"];
}

/** Machines boot for half a minute, are seen after some seconds, and have their agent up some seconds later. */
const EC2 = { bootMs: 30_000, shutdownMs: 5000, visibilityDelayMs: 5000 } as const;
const AGENT_STARTS_MS = 15_000;

/** A pipeline's stage as commands have it, on AWS in memory and in virtual time: the real functions, and workers whose scripts are played. */
export async function stageInTime({ pipeline, folder, play, ec2 }: StageInTimeOptions) {
  const clock = virtualClock(Date.UTC(2026, 10, 24, 12));
  const functions = lateFunctions();
  const attempts = new Map<string, number>();
  const aws = createLocalAws({
    clock,
    seed: 1,
    functions: functions.byName,
    runInstance: (instance) => playWorker(instance),
    ec2: { ...EC2, instanceProfiles: [workerProfile(pipeline.name)], ...ec2 },
  });
  const clients = localClients(aws.clientConfig());
  const { subnets } = aws.ec2.network;
  const zones = subnets.map(({ subnetId, availabilityZone }) => ({ id: subnetId, zone: availabilityZone }));
  const description = describeLocalStage(pipeline, { dir: folder, subnets: zones });
  functions.provide(
    description,
    createHandlers(pipeline, description, { ...clients, now: () => new Date(clock.now()) }),
  );
  const loaded = { pipeline, folder, file: `${folder}/pipeline.ts` };
  await setUpStage(loaded, description, { clients, agent: "/opt/agent.mjs", idleSeconds: undefined });
  aws.start();

  async function playWorker({ instanceId, tags, signal }: RunningInstance): Promise<void> {
    const activity = tags[WorkerTag.activity] ?? "";
    const tag = (state: "waiting" | "active", count: number, subject: string) =>
      clients.ec2.send(
        new CreateTagsCommand({
          Resources: [instanceId],
          Tags: [
            { Key: "Name", Value: workerName({ state, tasks: count, subject }) },
            { Key: WorkerTag.state, Value: state === "active" ? "active" : "idle" },
            { Key: WorkerTag.task, Value: state === "active" ? subject : "" },
          ],
        }),
      );
    const log = { logGroupName: description.logGroups[activity], logStreamName: workerLogStream(instanceId) };
    await sleepUntil(clock, clock.now() + AGENT_STARTS_MS, signal);
    if (signal.aborted) return;
    await clients.logs.send(new CreateLogStreamCommand(log));
    const say = (lines: readonly string[]) =>
      clients.logs.send(
        new PutLogEventsCommand({ ...log, logEvents: lines.map((message) => ({ timestamp: clock.now(), message })) }),
      );
    await tag("waiting", 0, activity);
    for (let count = 1; !signal.aborted; count++) {
      const { taskToken, input } = await takeTask(activity, instanceId, signal);
      if (taskToken === undefined) return;
      const task = TaskInput.parse(JSON.parse(input));
      await tag("active", count, task.name);
      const failed = await perform({ taskToken, task, instanceId, say, signal });
      if (signal.aborted || failed) return;
      await tag("waiting", count, task.name);
    }
  }

  async function takeTask(activity: string, instanceId: string, signal: AbortSignal) {
    const activityArn = description.activities[activity];
    for (let polls = 0; polls < 10 && !signal.aborted; polls++) {
      const poll = await clients.sfn
        .send(new GetActivityTaskCommand({ activityArn, workerName: workerPollName(instanceId) }), {
          abortSignal: signal,
        })
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      if (poll?.taskToken) return { taskToken: poll.taskToken, input: poll.input ?? "" };
    }
    return { taskToken: undefined, input: "" };
  }

  function keep(attempt: PlayedAttempt): Promise<void> {
    const { script } = pipeline.activities.find(({ name }) => name === attempt.task.activity) as Activity;
    return keepPlayedRecord({ s3: clients.s3, description, folder, script }, attempt);
  }

  /** @returns whether it failed */
  async function perform({
    taskToken,
    task,
    instanceId,
    say,
    signal,
  }: {
    taskToken: string;
    task: TaskInput;
    instanceId: string;
    say: (lines: readonly string[]) => Promise<unknown>;
    signal: AbortSignal;
  }): Promise<boolean> {
    const claimedAt = new Date(clock.now()).toISOString();
    const claim = { token: taskToken, execution: task.execution, task: task.name, activity: task.activity };
    await clients.s3.send(
      new PutObjectCommand({
        Bucket: description.buckets.state,
        Key: stateKey.claim(task.activity, instanceId),
        Body: JSON.stringify({ ...claim, instance: instanceId, claimedAt }),
      }),
    );
    const attempt = (attempts.get(task.name) ?? 0) + 1;
    attempts.set(task.name, attempt);
    const { seconds, prints = [], exit = 0, error, stores = {}, hangs = false } = play(task, attempt);
    const place = { task: task.name, build: task.execution.split(":").at(-1) ?? "", attempt: claimedAt };
    await say([logMarker({ kind: "start", ...place }), ...prints]);
    const endMs = clock.now() + seconds * 1000;
    while (clock.now() < endMs && !signal.aborted) {
      await sleepUntil(clock, Math.min(endMs, clock.now() + (task.heartbeatSeconds * 1000) / 3), signal);
      if (signal.aborted || hangs) continue;
      const isWanted = await clients.sfn.send(new SendTaskHeartbeatCommand({ taskToken })).then(
        () => true,
        () => false,
      );
      // As a real worker ends its script, keeps what it did, and waits for other tasks.
      if (!isWanted) {
        await say([logMarker({ kind: "end", ...place })]);
        const outcome = { result: "cancelled", why: "the task is not wanted any more" };
        await keep({ task, instanceId, claimedAt, finishedAt: new Date(clock.now()), prints, uploads: {}, outcome });
        return false;
      }
    }
    if (signal.aborted || hangs) return true;
    await say([logMarker({ kind: "end", ...place })]);
    const report = { ec2: instanceId, time_sec: String(seconds) };
    const succeeds = exit === 0 && error === undefined;
    const uploads: Record<string, string> = {};
    for (const [role, Key] of Object.entries(succeeds ? stores : {})) {
      const Bucket = description.buckets[role as keyof typeof stores];
      await storePlayed(clients.s3, { Bucket, Key, Body: task.name });
      uploads[`s3://${Bucket}/${Key}`] = task.name;
    }
    const name = error ?? ErrorName.scriptFailed;
    const cause = { ...report, exit, line: prints.at(-1) };
    const outcome = succeeds ? { result: "success", output: report } : { result: "failure", error: name, cause };
    await keep({ task, instanceId, claimedAt, finishedAt: new Date(clock.now()), prints, uploads, outcome });
    if (succeeds) {
      await clients.sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(report) }));
      return false;
    }
    await clients.sfn.send(new SendTaskFailureCommand({ taskToken, error: name, cause: JSON.stringify(cause) }));
    return true;
  }

  const stage: Stage = {
    pipeline,
    pipelineFolder: folder,
    description,
    ...clientsAtHand(clients),
    pollMs: 1,
    movedBy: "aws",
    isBilled: false,
    downloads: `s3://${description.buckets.downloads}`,
    caller: async () => "tester",
    notify: async () => ({ ignored: "nobody is told in tests" }),
    close: async () => {},
  };
  return {
    aws,
    clients,
    stage,
    now: () => new Date(clock.now()),
    /** Lets so much time pass, whatever happens in it. */
    async passes(seconds: number) {
      const endMs = clock.now() + seconds * 1000;
      // So that there is a moment to come to, where nothing else happens.
      clock.at(endMs, () => undefined);
      await runUntil(aws, clock, () => clock.now() >= endMs, { limitMs: seconds * 1000 + 1 });
    },
    until: (goal: () => boolean | Promise<boolean>) => runUntil(aws, clock, goal, { limitMs: 3 * 3_600_000 }),
    [Symbol.asyncDispose]: () => aws.close(),
  };
}
