import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { renderStateMachine } from "@muster/asl";
import { createHandlers, decideStep, inputOfTask } from "@muster/lambdas";
import { createLocalAws, type LambdaFunction, runUntil, sleepUntil, virtualClock } from "@muster/local";
import {
  fixedState,
  functionNames,
  type Pipeline,
  PrepareActivityEvent,
  RequestApprovalEvent,
  type Results,
  TaskInput,
} from "@muster/pipeline";
import { describeStage } from "@muster/simulation";

const START = Date.UTC(2026, 10, 24, 12);

/**
 * A pipeline's own state machine with the functions that decide, and without machines: a task is played where a worker would have been asked for, so that
 * some hundred builds take seconds.
 * @param play does what the task's script does, and says for how many seconds
 */
export async function decisionWorld(pipeline: Pipeline, play: (task: TaskInput) => Promise<number>) {
  const clock = virtualClock(START);
  const functions = new Map<string, LambdaFunction>();
  const aws = createLocalAws({ clock, seed: 1, functions });
  const config = aws.clientConfig();
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sfn = new SFNClient(config);
  const stage = describeStage(pipeline, []);
  const now = () => new Date(clock.now());
  const handlers = createHandlers(pipeline, stage, { s3, sfn, now } as never);
  for (const name of functionNames) functions.set(name, (event) => handlers[name](event));
  functions.set("ParseInput", async (event) => ({ buildInput: (event as { input: { build: unknown } }).input.build }));
  functions.set("HealthCheck", async () => ({ continue: false }));
  functions.set(fixedState.checkForFailures, async (event) => (event as { results: unknown }).results);
  functions.set(fixedState.checkIfReposChanged, async () => false);
  functions.set("PrepareActivity", async (asked) => {
    const event = PrepareActivityEvent.parse(asked);
    const { task, decision } = await decideStep(event, { pipeline, stage, s3, now });
    const { run, reason, restore, again } = decision;
    if (!run) return { skip: true, reason };
    const of = { build: event.buildInput, execution: event.execution.id, pipeline, stage, restore, again };
    return { skip: false, reason, taskInput: inputOfTask(task, of) };
  });
  functions.set("RequestApproval", async (asked) => {
    const answer = await handlers.RequestApproval(asked);
    const { token: taskToken } = RequestApprovalEvent.parse(asked);
    const output = JSON.stringify({ success: { by: "alice", at: now().toISOString() } });
    if ((answer as { asks: boolean }).asks) await sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
    return answer;
  });
  for (const Bucket of Object.values(stage.buckets)) await s3.send(new CreateBucketCommand({ Bucket }));
  const definition = renderStateMachine(pipeline, {
    functionArn: (name) => stage.functions[name] ?? "",
    activityArn: (name) => stage.activities[name] ?? "",
  });
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: pipeline.name,
      roleArn: "arn:aws:iam::000000000000:role/state-machine",
      definition: JSON.stringify(definition),
    }),
  );
  aws.start();
  const closing = new AbortController();
  const { signal } = closing;
  const failures = Promise.withResolvers<never>();
  failures.promise.catch(() => undefined);

  /** Hands out all of an activity's tasks at once. */
  async function work(activityArn: string): Promise<void> {
    while (!signal.aborted) {
      const poll = await sfn
        .send(new GetActivityTaskCommand({ activityArn }), { abortSignal: signal })
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      if (poll?.taskToken) {
        finish(poll.taskToken, TaskInput.parse(JSON.parse(poll.input ?? ""))).catch(failures.reject);
      }
    }
  }
  async function finish(taskToken: string, task: TaskInput): Promise<void> {
    const seconds = await play(task);
    await sleepUntil(clock, clock.now() + seconds * 1000, signal);
    if (signal.aborted) return;
    const output = JSON.stringify({ ec2: "i-1", time_sec: String(seconds) });
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
  }
  for (const [name, arn] of Object.entries(stage.activities)) {
    await sfn.send(new CreateActivityCommand({ name }));
    work(arn).catch(failures.reject);
  }
  let builds = 0;
  return {
    s3,
    stage,
    now,
    /** Runs a build to its end. @returns its normalised results */
    async build(build: unknown): Promise<Results> {
      builds += 1;
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({ stateMachineArn, name: `build-${builds}`, input: JSON.stringify({ build }) }),
      );
      const ended = async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status !== "RUNNING";
      await Promise.race([runUntil(aws, clock, ended), failures.promise]);
      const { output } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return JSON.parse(output ?? "{}") as Results;
    },
    [Symbol.asyncDispose]: () => {
      closing.abort();
      return aws.close();
    },
  };
}
