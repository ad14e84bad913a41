import { CreateTagsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { type Clock, type RunningInstance, sleepUntil } from "@muster/local";
import {
  activityNamed,
  type Per,
  type Pipeline,
  type StageDescription,
  type Task,
  TaskInput,
  taskAt,
  workerPollName,
} from "@muster/pipeline";
import { stateKey, WorkerTag } from "@muster/records";
import { leaveEvidence } from "@muster/simulation";

/** What a worker did with a task. */
export interface Worked {
  readonly task: string;
  readonly execution: string;
  readonly ran: "script" | "dummy";
  readonly instance: string;
  readonly atMs: number;
}

export interface PlayOptions {
  readonly clock: Clock;
  readonly pipeline: Pipeline;
  readonly stage: StageDescription;
  /** From when the machine runs until its agent polls. */
  readonly setUpSeconds: number;
  readonly secondsOf: (task: TaskInput) => number;
  readonly onWorked: (worked: Worked) => void;
}

/** Without a task for so long, a worker shuts down. */
const IDLE_SECONDS = 600;

/**
 * A worker as the agent's rules have it, without processes: claims, tags, heartbeats, the dummy for fake tasks, the end after ten idle minutes. Its calls are
 * the SDK's, in process and in virtual time.
 */
export async function playWorker(instance: RunningInstance, options: PlayOptions): Promise<void> {
  const { clock, stage, pipeline } = options;
  const { instanceId, signal } = instance;
  const config = instance.clientConfig();
  const sfn = new SFNClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const ec2 = new EC2Client(config);
  const activity = instance.tags[WorkerTag.activity] ?? "";
  const activityArn = stage.activities[activity];
  const sleep = (seconds: number) => sleepUntil(clock, clock.now() + seconds * 1000, signal);
  const tag = (Name: string, state: string) =>
    ec2
      .send(
        new CreateTagsCommand({
          Resources: [instanceId],
          Tags: [
            { Key: "Name", Value: Name },
            { Key: WorkerTag.state, Value: state },
          ],
        }),
      )
      .catch(() => {});

  await sleep(options.setUpSeconds);
  await tag(`ww-0-${activity}`, "idle");
  let tasks = 0;
  let idleSinceMs = clock.now();
  while (!signal.aborted && clock.now() - idleSinceMs < IDLE_SECONDS * 1000) {
    const workerName = workerPollName(instanceId);
    const { taskToken, input } = await sfn.send(new GetActivityTaskCommand({ activityArn, workerName }), {
      abortSignal: signal,
    });
    if (!taskToken) continue;
    const task = TaskInput.parse(JSON.parse(input ?? ""));
    const claim = { Bucket: stage.buckets.state, Key: stateKey.claim(activity, instanceId) };
    const claimedAt = new Date(clock.now()).toISOString();
    const { execution, name } = task;
    const record = { token: taskToken, execution, task: name, activity, instance: instanceId, claimedAt };
    await s3.send(new PutObjectCommand({ ...claim, Body: JSON.stringify(record) }));
    tasks++;
    await tag(`wa-${tasks}-${name}`, "active");
    const alive = await work(taskToken, task);
    if (alive) {
      const ran = task.debug === "fake_ec2" || task.debug === "skip_ec2" ? "dummy" : "script";
      options.onWorked({ task: name, execution, ran, instance: instanceId, atMs: clock.now() });
      if (ran === "script") await leaveArtifacts(task);
      const output = JSON.stringify({ ec2: instanceId, time_sec: String(options.secondsOf(task)) });
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output })).catch(() => {});
    }
    await s3.send(new DeleteObjectCommand(claim));
    await tag(`ww-${tasks}-${name}`, "idle");
    idleSinceMs = clock.now();
  }

  /** False when the task was taken away meanwhile: the script is then stopped. */
  async function work(taskToken: string, task: TaskInput): Promise<boolean> {
    const endMs = clock.now() + options.secondsOf(task) * 1000;
    while (clock.now() < endMs) {
      await sleep(Math.min(task.heartbeatSeconds / 3, (endMs - clock.now()) / 1000));
      const heard = await sfn.send(new SendTaskHeartbeatCommand({ taskToken })).then(
        () => true,
        () => false,
      );
      if (!heard) {
        await sfn.send(new SendTaskFailureCommand({ taskToken, error: "Muster.WorkerInterrupted" })).catch(() => {});
        return false;
      }
    }
    return true;
  }

  async function leaveArtifacts(task: TaskInput): Promise<void> {
    const made = <P extends Per>({ activity, subject }: Task<P>) => [
      ...(activity.produces?.(subject) ?? []),
      ...(activity.publishes?.(subject) ?? []),
    ];
    const around = { platforms: [], buildPlatforms: [], versions: [], failedVersions: [] };
    for (const evidence of made(taskAt(activityNamed(pipeline, task.activity), task, around))) {
      await leaveEvidence(s3, evidence, { buckets: stage.buckets, text: task.name });
    }
  }
}
