import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  RedriveExecutionCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { historyReader } from "@muster/history";
import { createLocalAws, virtualClock } from "@muster/local";
import { forEachVersion, sequence } from "@muster/pipeline";
import { expect, test } from "vitest";
import { localClients } from "../stages/local/local-clients.ts";
import { NO_PROSPECT } from "../status/watch-expected.ts";
import { loadBuild } from "./load-build.ts";
import { readHistory } from "./read-history.ts";
import { reportBuild } from "./report-build.ts";

const ACTIVITY = "arn:aws:states:us-west-2:000000000000:activity:make-package";
const taskOf = (version: string) => ({
  name: `MakePackage-${version}`,
  activity: "MakePackage",
  version,
  execution: "arn",
  debug: "",
  timeoutSeconds: 600,
  heartbeatSeconds: 300,
  env: {},
});

/** A build of two versions, one of which a worker has, and of a function that fails as often as it is told to. */
async function buildOfTwo({ failures = 0 } = {}) {
  let calls = 0;
  const aws = createLocalAws({
    clock: virtualClock(),
    longPollMs: 1,
    functions: {
      verdict: async () => {
        if (++calls <= failures) throw new Error("the steps have failed");
        return {};
      },
    },
  });
  aws.start();
  const { sfn } = localClients(aws.clientConfig());
  await sfn.send(new CreateActivityCommand({ name: "make-package" }));
  const task = { Type: "Task", Resource: ACTIVITY, End: true };
  const verdict = "arn:aws:lambda:us-west-2:000000000000:function:verdict";
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "builds",
      roleArn: "arn:aws:iam::000000000000:role/any",
      definition: JSON.stringify({
        StartAt: "Versions",
        States: {
          Versions: {
            Type: "Map",
            ItemProcessor: { StartAt: "MakePackage", States: { MakePackage: task } },
            Next: "CheckForFailures",
          },
          CheckForFailures: { Type: "Task", Resource: verdict, End: true },
        },
      }),
    }),
  );
  const { executionArn = "" } = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn,
      name: "build",
      input: JSON.stringify(["1.0.0", "2.0.0"].map(taskOf)),
    }),
  );
  await aws.idle();
  return {
    sfn,
    executionArn,
    read: () => loadBuild({ sfn }, executionArn),
    /** A worker of that number takes the next task. */
    async take(number: number) {
      const workerName = `ec2_i-${number}`;
      const { taskToken } = await sfn.send(new GetActivityTaskCommand({ activityArn: ACTIVITY, workerName }));
      return async () => {
        await sfn.send(new SendTaskSuccessCommand({ taskToken, output: `{"ec2":"i-${number}","time_sec":"1"}` }));
        await aws.idle();
      };
    },
    async stop() {
      await sfn.send(new StopExecutionCommand({ executionArn, error: "Muster.Stopped" }));
      await aws.idle();
    },
    async redrive() {
      await sfn.send(new RedriveExecutionCommand({ executionArn }));
      await aws.idle();
    },
    [Symbol.asyncDispose]: () => aws.close(),
  };
}

test("a build that was stopped and redriven runs again, with its tasks and what they had come to", async () => {
  await using build = await buildOfTwo();
  const succeed = await build.take(1);
  await succeed();
  await build.take(2);
  await build.stop();
  expect(await build.read()).toMatchObject({ state: "aborted", error: "Muster.Stopped", redriveCount: 0 });

  await build.redrive();
  const again = await build.read();
  expect(again).toMatchObject({ state: "running", endedAt: undefined, error: undefined, redriveCount: 1 });
  expect(again.steps).toMatchObject([
    { key: "MakePackage-1.0.0", state: "succeeded", attempts: [{ instance: "i-1" }] },
    {
      key: "MakePackage-2.0.0",
      state: "waiting",
      resumedAt: expect.any(Date),
      attempts: [{ instance: "i-2", endedAt: expect.any(Date) }, {}],
    },
  ]);
  expect(again.steps[1]).not.toHaveProperty("endedAt");

  await (await build.take(3))();
  const ended = await build.read();
  expect(ended).toMatchObject({ state: "succeeded", redriveCount: 1 });
  expect(ended.steps[1]).toMatchObject({ state: "succeeded", attempts: [{ instance: "i-2" }, { instance: "i-3" }] });
});

test("a build whose last state failed is judged again, and may fail again", async () => {
  await using build = await buildOfTwo({ failures: 2 });
  for (const number of [1, 2]) await (await build.take(number))();
  const verdicts: unknown[] = [];
  for (let redrives = 0; redrives < 3; redrives++) {
    if (redrives > 0) await build.redrive();
    const { state, error, redriveCount, steps } = await build.read();
    const verdict = steps.find(({ name }) => name === "CheckForFailures");
    verdicts.push([state, error, redriveCount, verdict?.state, verdict?.attempts.length]);
  }
  expect(verdicts).toEqual([
    ["failed", "Error", 0, "failed", 1],
    ["failed", "Error", 1, "failed", 2],
    ["succeeded", undefined, 2, "succeeded", 3],
  ]);
});

test("who follows a build reads the same in pieces, and the report says that it was redriven", async () => {
  await using build = await buildOfTwo();
  await build.take(1);
  await build.stop();
  await build.redrive();
  await (await build.take(2))();
  const events = await readHistory(build.sfn, build.executionArn);
  const piecemeal = historyReader();
  for (const event of events) piecemeal.read([event]);
  const whole = await build.read();
  expect(piecemeal.build.steps).toEqual(whole.steps);
  const print = { style: (_format: unknown, text: string) => text, stdout: {} } as never;
  const flow = forEachVersion(sequence());
  const shown = {
    print,
    now: new Date(+(whole.startedAt ?? 0) + 5000),
    moving: true,
    globals: {},
    flow,
    prospect: NO_PROSPECT,
    notTold: [],
  };
  const [headline] = reportBuild(whole, { name: "build" }, shown);
  expect(headline).toBe("build  running for 5 s, redriven once");
});

test("a history whose chains go on where they stood is read the same", async () => {
  await using build = await buildOfTwo();
  await build.take(1);
  await build.take(2);
  await build.stop();
  await build.redrive();
  const events = await readHistory(build.sfn, build.executionArn);
  const redriven = events.find(({ type }) => type === "ExecutionRedriven")?.id;
  const before = events.filter(({ type, id = 0 }) => type === "ActivityStarted" && id < (redriven ?? 0));
  const chained = events.map((event) =>
    event.previousEventId === redriven ? { ...event, previousEventId: before.shift()?.id } : event,
  );
  const history = historyReader();
  history.read(chained);
  expect(history.build.steps).toEqual((await build.read()).steps);
});
