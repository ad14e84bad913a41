/**
 * A build with a 3 × 5 matrix in a process that may be killed at any moment: Step Functions in the folder that is given, four workers,
 * and a log to which every function and task script adds a line when it begins. Run again in the same folder, it goes on.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { realClock } from "../src/clock.ts";
import type { OperationContext } from "../src/service.ts";
import { createStates } from "../src/services/states/states.ts";

const REGION = "us-east-1";
const ACCOUNT = "111111111111";
export const ACTIVITY_NAME = "build";
export const INPUT = { versions: ["1.0", "2.0", "3.0"], platforms: ["a", "b", "c", "d", "e"] };

const task = {
  Type: "Task",
  Resource: `arn:aws:states:${REGION}:${ACCOUNT}:activity:${ACTIVITY_NAME}`,
  HeartbeatSeconds: 1,
  // A worker's death is no fault of its task.
  Retry: [
    {
      ErrorEquals: ["WorkerInterrupted", "States.HeartbeatTimeout"],
      IntervalSeconds: 1,
      BackoffRate: 1,
      MaxAttempts: 99,
    },
  ],
};

const DEFINITION = {
  StartAt: "ForEachVersion",
  States: {
    ForEachVersion: {
      Type: "Map",
      ItemsPath: "$.versions",
      ItemSelector: { "version.$": "$$.Map.Item.Value", "platforms.$": "$.platforms" },
      End: true,
      ItemProcessor: {
        StartAt: "Prepare",
        States: {
          Prepare: {
            Type: "Task",
            Resource: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:prepare`,
            ResultPath: "$.prepared",
            Next: "ForEachPlatform",
          },
          ForEachPlatform: {
            Type: "Map",
            ItemsPath: "$.platforms",
            ItemSelector: { "task.$": "States.Format('Build-{}-{}', $.version, $$.Map.Item.Value)" },
            ResultPath: "$.built",
            Next: "Pause",
            ItemProcessor: {
              StartAt: "Build",
              States: { Build: { ...task, Next: "Done" }, Done: { Type: "Pass", End: true } },
            },
          },
          Pause: { Type: "Wait", Seconds: 1, Next: "Publish" },
          Publish: {
            ...task,
            Parameters: { "task.$": "States.Format('Publish-{}', $.version)" },
            ResultPath: "$.published",
            End: true,
          },
        },
      },
    },
  },
};

const [, , dir = ""] = process.argv;
const log = join(dir, "ran.log");
const claims = join(dir, "claims");

const states = createStates({
  clock: realClock(),
  region: REGION,
  accountId: ACCOUNT,
  dir: join(dir, "states"),
  seed: "crash-test",
  timeScale: 50,
  onDamaged: (name, reason) => appendFileSync(log, `damaged ${name}: ${reason}\n`),
  invoke: async (_name, payload) => {
    const { version } = payload as { version: string };
    appendFileSync(log, `prepare ${version}\n`);
    await sleep(5);
    return { payload: { ready: version } };
  },
});
const context: OperationContext = {
  requestId: "",
  signal: new AbortController().signal,
  accessKeyId: "",
  endpoint: "",
};
const call = async (operation: string, input: object): Promise<Readonly<Record<string, string>>> => {
  return (await states.service.operations[operation]?.(input as never, context)) as never;
};

/** A worker writes down what it claims, so that it can say after its death that the task was interrupted. */
async function work(number: number): Promise<void> {
  const claim = join(claims, String(number));
  for (;;) {
    const { taskToken, input = "" } = await call("GetActivityTask", {
      activityArn: task.Resource,
      workerName: `worker-${number}`,
    });
    if (taskToken === undefined) continue;
    writeFileSync(claim, taskToken);
    const name: string = JSON.parse(input).task;
    appendFileSync(log, `run ${name}\n`);
    await sleep(5 + (name.charCodeAt(name.length - 1) % 10));
    await call("SendTaskSuccess", { taskToken, output: JSON.stringify(`${name} done`) });
    rmSync(claim);
  }
}

async function reportInterrupted(): Promise<void> {
  for (const name of existsSync(claims) ? readdirSync(claims) : []) {
    const taskToken = readFileSync(join(claims, name), "utf8");
    // Its result may have been the last thing that was written, or the claim not have been written at all.
    await call("SendTaskFailure", { taskToken, error: "WorkerInterrupted" }).catch(() => undefined);
    rmSync(join(claims, name));
  }
}

states.start();
await reportInterrupted();
mkdirSync(claims, { recursive: true });
await call("CreateActivity", { name: ACTIVITY_NAME });
const { stateMachineArn } = await call("CreateStateMachine", {
  name: "build",
  definition: JSON.stringify(DEFINITION),
  roleArn: `arn:aws:iam::${ACCOUNT}:role/build`,
});
const executionArn = `arn:aws:states:${REGION}:${ACCOUNT}:execution:build:matrix`;
await call("StartExecution", { stateMachineArn, name: "matrix", input: JSON.stringify(INPUT) }).catch(
  (error: { code?: string }) => {
    if (error.code !== "ExecutionAlreadyExists") throw error;
  },
);
process.stdout.write("started\n");
for (let worker = 1; worker <= 4; worker++) void work(worker);

for (;;) {
  const execution = await call("DescribeExecution", { executionArn });
  if (execution.status !== "RUNNING") {
    const events: unknown[] = [];
    for (let nextToken: string | undefined, first = true; first || nextToken !== undefined; first = false) {
      const page = await call("GetExecutionHistory", { executionArn, maxResults: 1000, nextToken });
      events.push(...(page.events as unknown as unknown[]));
      nextToken = page.nextToken;
    }
    writeFileSync(join(dir, "ended.json"), JSON.stringify({ ...execution, events }));
    process.exit(0);
  }
  await sleep(5);
}
