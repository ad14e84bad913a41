import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateActivityCommand, CreateStateMachineCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import type { Context } from "../context.ts";
import { formatBytes, freeBytes } from "../free-space.ts";
import { createPrint } from "../print.ts";
import { clientsAtHand } from "../stages/local/local-clients.ts";
import type { Stage } from "../stages/stage.ts";
import { stageForTests } from "../testing/stage-for-tests.ts";
import { machineFindings } from "./machine-findings.ts";
import { showDoctor } from "./show-doctor.ts";
import { stageFindings } from "./stage-findings.ts";

/** All that a stage on AWS consists of for those who read it. */
async function deployed() {
  const world = await stageForTests();
  const { clients, description, aws } = world;
  for (const Bucket of Object.values(description.buckets)) await clients.s3.send(new CreateBucketCommand({ Bucket }));
  const names = Object.values(description.activities).map((arn) => arn.slice(arn.lastIndexOf(":") + 1));
  for (const name of names) await clients.sfn.send(new CreateActivityCommand({ name }));
  for (const logGroupName of Object.values(description.logGroups))
    await clients.logs.send(new CreateLogGroupCommand({ logGroupName }));
  const definition = JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Succeed" } } });
  const name = description.stateMachineArn.slice(description.stateMachineArn.lastIndexOf(":") + 1);
  const roleArn = "arn:aws:iam::123456789012:role/r";
  await clients.sfn.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  const stage = {
    ...clientsAtHand(clients),
    pipeline: world.pipeline,
    description,
    movedBy: "aws",
    caller: async () => "arn:alice",
  };
  return { ...world, aws, stage: stage as unknown as Stage };
}

const states = (findings: readonly { what: string; state: string }[]) =>
  Object.fromEntries(findings.map(({ what, state }) => [what, state]));

test("a stage that can be read is good, thing by thing", async () => {
  await using world = await deployed();
  const findings = await stageFindings(world.stage);
  expect(states(findings)).toEqual({
    stage: "good",
    credentials: "good",
    clock: "good",
    builds: "good",
    logs: "good",
    artifacts: "good",
    downloads: "good",
    attempts: "good",
    launches: "good",
  });
  expect(findings.map(({ words }) => words)).toContain("you are arn:alice");
});

test.each([
  ["builds", { service: "states", operation: "ListExecutions" }],
  ["logs", { service: "logs", operation: "DescribeLogStreams" }],
] as const)("where %s may not be read that is said, and nothing else is the worse for it", async (what, call) => {
  await using world = await deployed();
  world.aws.failCalls({ ...call, times: 99 }, { code: "AccessDeniedException", status: 400 });
  const wrong = (await stageFindings(world.stage)).filter(({ state }) => state !== "good");
  expect(wrong).toEqual([
    expect.objectContaining({ what, state: "bad", remedy: "the signed-in role lacks this permission" }),
  ]);
});

test.each([
  [10_000, "good", /ahead of AWS's$/],
  [-120_000, "poor", /^1\d\d s behind AWS's$/],
  [600_000, "bad", /ahead of AWS's$/],
] as const)(
  "a clock that is %i ms wrong is %s, and refused answers tell the time too",
  async (wrongMs, state, words) => {
    await using world = await deployed();
    world.aws.failCalls(
      { service: "s3", operation: "ListObjectsV2", times: 99 },
      { code: "AccessDenied", status: 403 },
    );
    const findings = await stageFindings(world.stage, () => Date.now() + wrongMs);
    expect(findings.find(({ what }) => what === "clock")).toMatchObject({ state, words: expect.stringMatching(words) });
  },
);

test("scripts that cannot run are found, and the exit code says that it is not the stage", async () => {
  await using world = await deployed();
  await world.writeScript("source.sh", "if [\n");
  const lines: string[] = [];
  const stdout = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
  const context = {
    env: { cwd: world.loaded.folder },
    globals: { json: false },
    print: createPrint({ stdout, stderr: stdout }, { noColor: true }),
    loadStagePipeline: async () => world.loaded,
    openStage: async () => world.stage,
  } as unknown as Context;
  expect(states(await machineFindings(context))).toMatchObject({ muster: "good", pipeline: "good", scripts: "bad" });
  expect(await showDoctor(context)).toBe(2);
  expect(lines.join("")).toMatch(/^✖ {2}scripts +source\.sh.*\n/m);
  expect(lines.at(-1)).toMatch(/^\d thing(s)? to be mended first/);
});

test("free space is that of the nearest folder that exists", async () => {
  expect(await freeBytes("/proc/not/there/at/all")).toBe(0);
  expect(await freeBytes("/not/there/at/all")).toBeGreaterThan(0);
  expect([0, 999, 1_900_000, 52e9].map(formatBytes)).toEqual(["0 B", "999 B", "1.9 MB", "52 GB"]);
});
