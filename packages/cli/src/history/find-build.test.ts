import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateStateMachineCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { stateKey } from "@muster/records";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clientsAtHand } from "../stages/local/local-clients.ts";
import { stageForTests } from "../testing/stage-for-tests.ts";
import { findBuild } from "./find-build.ts";

let it: Awaited<ReturnType<typeof stageForTests>>;
let stage: Parameters<typeof findBuild>[0];
beforeEach(async () => {
  it = await stageForTests();
  stage = { ...clientsAtHand(it.clients), description: it.description, damagedBuilds: new Set() };
  await it.clients.s3.send(new CreateBucketCommand({ Bucket: stage.description.buckets.state }));
});
afterEach(() => it[Symbol.asyncDispose]());

const keyOf = (build: string) => stateKey.attempt(build, "MakeSource-1.0.0", "i-0123", "2026-01-01T00:00:00.000Z");

const record = (build: string, Key = keyOf(build)) =>
  it.clients.s3.send(
    new PutObjectCommand({
      Bucket: stage.description.buckets.state,
      Key,
      Body: "{}",
    }),
  );

async function build(name: string): Promise<void> {
  const { stateMachineArn = "" } = stage.description;
  const definition = JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Succeed" } } });
  const roleArn = "arn:aws:iam::000000000000:role/build";
  const machine = stateMachineArn.slice(stateMachineArn.lastIndexOf(":") + 1);
  await stage.sfn.send(new CreateStateMachineCommand({ name: machine, roleArn, definition }));
  await stage.sfn.send(new StartExecutionCommand({ stateMachineArn, name }));
}

const refusal = async (name?: string) => {
  const { message, hint } = (await findBuild(stage, name).catch((error: unknown) => error)) as Record<string, unknown>;
  return { message, hint };
};

const OLD = "1.0.0_alice_2026-01-01_1200";
const forgotten = {
  message: `the history of the build ${OLD} is gone: Step Functions keeps one for 90 days`,
  hint: "what its attempts left is kept: muster artifacts <version>, muster repro <task> --build <build>",
};

test("a build that Step Functions has forgotten is told from one that never was", async () => {
  await build("2.0.0_alice_2026-11-24_1200");
  await record(OLD);
  expect(await refusal(OLD)).toEqual(forgotten);
  expect(await refusal("1.0.0_alice"), "by the beginning of its name").toEqual(forgotten);
  expect(await refusal("2.0.0_bob_2026-11-24_1200")).toEqual({
    message: 'there is no build "2.0.0_bob_2026-11-24_1200"',
    hint: "did you mean 2.0.0_alice_2026-11-24_1200?",
  });
});

test("so it is with records from before keys held the activity, which is no build", async () => {
  await record(OLD, keyOf(OLD).replace("attempts/MakeSource/", "attempts/"));
  await record("2.0.0_bob_2026-11-24_1200");
  expect(await refusal(OLD)).toEqual(forgotten);
  expect(await refusal("MakeSource")).toMatchObject({ message: expect.stringContaining("nothing has been built") });
});

test("so it is where no other is known, and a whole name is no beginning of a longer one", async () => {
  await record(OLD);
  for (const later of [2, 3, 4]) await record(`${OLD}-${later}`);
  expect(await refusal(OLD)).toEqual(forgotten);
  expect(await refusal("1.0.0")).toMatchObject({ message: expect.stringContaining("nothing has been built") });
  expect(await refusal()).toMatchObject({ message: expect.stringContaining("nothing has been built") });
});

test("a name that several begin with is none, and the latest of them is named", async () => {
  for (const name of ["2.0.0_alice", "2.0.0_bob", "2.0.1_bob"]) await build(name);
  expect(await refusal("2.0.0")).toEqual({
    message: '"2.0.0" is the beginning of 2 builds\' names',
    hint: "the latest is 2.0.0_bob",
  });
  expect((await findBuild(stage, "2.0.1")).name).toBe("2.0.1_bob");
});

test("where records cannot be looked at, a name that is unknown is only that", async () => {
  await build("2.0.0_alice_2026-11-24_1200");
  await record(OLD);
  it.aws.failCalls({ operation: "ListObjectsV2" }, { code: "AccessDenied" });
  expect(await refusal(OLD)).toMatchObject({ message: `there is no build "${OLD}"` });
});
