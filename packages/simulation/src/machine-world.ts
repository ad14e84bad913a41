import { CreateLaunchTemplateCommand } from "@aws-sdk/client-ec2";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from "@aws-sdk/client-sfn";
import { renderStateMachine } from "@muster/asl";
import { createHandlers } from "@muster/lambdas";
import {
  createLocalAws,
  type LambdaFunction,
  type ObservedCall,
  type RunningInstance,
  runUntil,
  sleepUntil,
  virtualClock,
} from "@muster/local";
import {
  type Activity,
  activityNamed,
  ErrorName,
  fixedState,
  functionNames,
  GetPlatformsEvent,
  KnownPlatforms,
  type Pipeline,
  type Published,
  platformsAtOnce,
  policyOf,
  RequestApprovalEvent,
  rejectionCause,
  type StageDescription,
  sizeOfMatrix,
  TaskInput,
  type TaskScripts,
  taskName,
  workerPollName,
} from "@muster/pipeline";
import { mapRunsPrefix } from "@muster/records";
import { describeStage } from "./describe-stage.ts";
import { leaveEvidence } from "./leave-evidence.ts";
import { readMachineBuild } from "./read-machine-build.ts";
import type { TaskEnd } from "./task-end.ts";
import { moreSdkClients, sdkClients } from "./world/sdk-clients.ts";
import { routeEvents, tellEnds } from "./world/set-up-stage.ts";

type WorkEnd = TaskEnd | "lost";

/**
 * What workers do with a task; `attempt` counts from 1. "lost" is a machine that is never heard of again. It may wait for what it asks of the world's
 * AWS, and for nothing else: time goes on meanwhile.
 */
export type Work = (task: TaskInput, attempt: number) => WorkEnd | Promise<WorkEnd>;

export interface WorldOptions {
  readonly work: Work;
  /** What a task leaves when it succeeds. */
  readonly leaves?: (task: TaskInput) => readonly Published[];
  /** Tasks of which one history holds the events; AWS's own limit by default. For a small build in the form of a large one. */
  readonly mostTasks?: number;
  /** Told of every call, before its answer leaves; not of those by which this world looks whether a build has ended. */
  readonly onCall?: (call: ObservedCall) => void;
  /** Whether the functions are told what becomes of machines, and the reaper comes. */
  readonly events?: boolean;
  /** When its clock starts. */
  readonly start?: Date;
  /** Of its stage; the usual one where absent. */
  readonly policy?: StageDescription["policy"];
  /** What a person says who is asked, `alice`, and after how long; she says nothing where it is undefined. */
  readonly says?: (asked: RequestApprovalEvent) => { readonly seconds: number; readonly approved: boolean } | undefined;
}

const START = new Date("2026-11-24T12:00:00Z");

const WATCHER = "AKIAWATCHERWATCHER00";

/** A function of the world's own. */
const BUILD_ENDED = "BuildEnded";

/** How long a poll waits for a task. */
const POLL_SECONDS = 60;

/**
 * A pipeline's rendered state machine with the real functions, on AWS in memory and in virtual time. Its instances are played: they take
 * tasks, leave what a task of that kind leaves, and report.
 */
export async function machineWorld(
  pipeline: Pipeline,
  {
    work,
    leaves = () => [],
    says = () => undefined,
    start = START,
    policy,
    mostTasks,
    onCall,
    events = false,
  }: WorldOptions,
) {
  const clock = virtualClock(start.getTime());
  const functions = new Map<string, LambdaFunction>();
  const attempts = new Map<string, number>();
  const launched: { readonly activityArn: string; readonly at: number }[] = [];
  const asked: string[] = [];
  const closing = new AbortController();
  const failures = Promise.withResolvers<never>();
  failures.promise.catch(() => undefined);
  const worked: { readonly task: string; readonly at: number; readonly instance: string }[] = [];

  const aws = createLocalAws({
    clock,
    seed: 1,
    functions,
    onCall: (call) => {
      if (call.accessKeyId !== WATCHER) onCall?.(call);
    },
    runInstance: (instance) => playWorker(instance),
  });
  const config = aws.clientConfig();
  const clients = { ...sdkClients(config), ...moreSdkClients(config) };
  const { s3, sfn, ec2 } = clients;
  const { sfn: watcher } = sdkClients(aws.clientConfig(WATCHER));

  const stage = describeStage(pipeline, aws.ec2.network.subnets, policy && { policy });
  const handlers = createHandlers(pipeline, stage, { ...clients, now: () => new Date(clock.now()) });
  for (const name of functionNames) functions.set(name, (event) => handlers[name](event));
  functions.set("RequestApproval", async (event) => {
    const answer = await handlers.RequestApproval(event);
    if ((answer as { asks: boolean }).asks) playPerson(RequestApprovalEvent.parse(event)).catch(failures.reject);
    return answer;
  });
  if (mostTasks !== undefined) {
    functions.set(fixedState.getPlatformsForVersion, async (event) => {
      const platforms = KnownPlatforms.parse(await handlers[fixedState.getPlatformsForVersion](event));
      const versions = GetPlatformsEvent.parse(event).buildInput.versions.length;
      const tasks = sizeOfMatrix(pipeline, { versions, platforms: platforms.ofBuild.length });
      return { ...platforms, ...(tasks > mostTasks && { distributed: true, atOnce: platformsAtOnce(versions) }) };
    });
  }
  for (const Bucket of Object.values(stage.buckets)) await s3.send(new CreateBucketCommand({ Bucket }));
  for (const [activity, arn] of Object.entries(stage.activities)) {
    await sfn.send(new CreateActivityCommand({ name: arn.slice(arn.lastIndexOf(":") + 1) }));
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: stage.launchTemplates[activity],
        LaunchTemplateData: {
          ImageId: "ami-00000000",
          InstanceInitiatedShutdownBehavior: "terminate",
          UserData: Buffer.from(arn).toString("base64"),
        },
      }),
    );
  }
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: pipeline.name,
      roleArn: "arn:aws:iam::000000000000:role/state-machine",
      definition: JSON.stringify(
        renderStateMachine(pipeline, {
          functionArn: (name) => stage.functions[name] ?? "",
          activityArn: (name) => stage.activities[name] ?? "",
          mapRuns: { Bucket: stage.buckets.state, Prefix: mapRunsPrefix },
          scriptsOf: (name) => playedScripts(activityNamed(pipeline, name)),
        }),
      ),
    }),
  );
  const over = new Set<string>();
  functions.set(BUILD_ENDED, async (event) => {
    over.add((event as { detail: { executionArn: string } }).detail.executionArn);
  });
  const functionArn = stage.functions.Repair?.replace(/[^:]+$/, BUILD_ENDED);
  await tellEnds(stage, clients.events, { name: "ended", functionArn });
  if (events) await routeEvents(stage, clients.events);
  aws.start();

  async function playWorker({ instanceId, userData: activityArn, signal }: RunningInstance): Promise<void> {
    launched.push({ activityArn, at: clock.now() });
    const mostIdlePolls = policyOf(stage).idleSeconds / POLL_SECONDS;
    for (let idlePolls = 0; idlePolls < mostIdlePolls && !signal.aborted; idlePolls++) {
      const workerName = workerPollName(instanceId);
      const poll = await sfn
        .send(new GetActivityTaskCommand({ activityArn, workerName }), { abortSignal: signal })
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      if (!poll?.taskToken) continue;
      idlePolls = 0;
      const task = TaskInput.parse(JSON.parse(poll.input ?? ""));
      const attempt = (attempts.get(task.name) ?? 0) + 1;
      attempts.set(task.name, attempt);
      worked.push({ task: task.name, at: clock.now(), instance: instanceId });
      const end = await work(task, attempt);
      if (end === "lost") return;
      const startedMs = clock.now();
      const untilMs = startedMs + end.seconds * 1000;
      const beatMs = (task.heartbeatSeconds * 1000) / 3;
      for (let nextMs = startedMs + beatMs; nextMs < untilMs && !signal.aborted; nextMs += beatMs) {
        await sleepUntil(clock, nextMs, signal);
        if (!(await heartbeat(poll.taskToken))) return;
      }
      await sleepUntil(clock, untilMs, signal);
      const report = { ec2: instanceId, time_sec: String(end.seconds) };
      if (end.error !== undefined) {
        const cause = JSON.stringify({ ...report, exit: 1, ...(end.line !== undefined && { line: end.line }) });
        await sfn.send(new SendTaskFailureCommand({ taskToken: poll.taskToken, error: end.error, cause }));
        return;
      }
      for (const evidence of leaves(task)) {
        await leaveEvidence(s3, evidence, { buckets: stage.buckets, text: task.name });
      }
      await sfn.send(new SendTaskSuccessCommand({ taskToken: poll.taskToken, output: JSON.stringify(report) }));
    }
  }

  /** False when nobody waits for the task any more. */
  async function heartbeat(taskToken: string): Promise<boolean> {
    try {
      await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
      return true;
    } catch (error) {
      if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist) return false;
      throw error;
    }
  }

  async function playPerson(event: RequestApprovalEvent): Promise<void> {
    asked.push(taskName(event.approval, event));
    const said = says(event);
    if (said === undefined) return;
    await sleepUntil(clock, clock.now() + said.seconds * 1000, closing.signal);
    if (closing.signal.aborted) return;
    const decision = { by: "alice", at: new Date(clock.now()).toISOString(), reason: "looked at" };
    const taskToken = event.token;
    if (said.approved) {
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ success: decision }) }));
    } else {
      const cause = rejectionCause(decision);
      await sfn.send(new SendTaskFailureCommand({ taskToken, error: ErrorName.rejected, cause }));
    }
  }

  let builds = 0;
  return {
    s3,
    stage,
    launched,
    worked,
    clock,
    /** What the world's clock shows. */
    now: () => new Date(clock.now()),
    /** Of what people were asked, in its order. */
    asked,
    /** Runs a build to its end. */
    async build(input: unknown) {
      builds += 1;
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({
          stateMachineArn,
          name: `build-${builds}`,
          input: JSON.stringify(typeof input === "string" ? { input } : input),
        }),
      );
      const end = runUntil(aws, clock, () => over.has(executionArn ?? ""));
      await Promise.race([end, failures.promise]);
      return readMachineBuild(watcher, executionArn);
    },
    [Symbol.asyncDispose]: () => {
      closing.abort();
      return aws.close();
    },
  };
}

/** Nothing fetches them; that there is one to take a version back by is all that matters. */
const playedScripts = ({ script, withdraw }: Activity): TaskScripts => ({
  script: `file:///${script}`,
  ...(withdraw?.kind === "script" && { withdraw: `file:///${withdraw.script}` }),
});
