import { DescribeExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { textInput } from "@muster/pipeline";
import { expect, test } from "vitest";
import { listBuilds } from "./history/find-build.ts";
import { setUpStage } from "./stages/local/set-up-stage.ts";
import { startBuild } from "./start-build.ts";
import { stageForTests } from "./testing/stage-for-tests.ts";

async function readyStage() {
  const stage = await stageForTests();
  await setUpStage(stage.loaded, stage.description, {
    clients: stage.clients,
    agent: "/opt/agent.mjs",
    idleSeconds: undefined,
  });
  const builds = { sfn: stage.clients.sfn, description: stage.description, pipeline: stage.pipeline };
  const start = (...words: string[]) => startBuild(builds, words, { user: "alice", at: new Date() });
  return { ...stage, builds, start };
}

test("a build is named after its words and its user, and gets them as they are", async () => {
  await using stage = await readyStage();
  const build = await stage.start("1.2.3", "--skip-ec2");
  expect(build).toMatchObject({ joined: false, others: [] });
  expect(build.name).toMatch(/^1\.2\.3_--skip-ec2_alice_\d{4}-\d\d-\d\d_\d{4}$/);
  const { input } = await stage.clients.sfn.send(new DescribeExecutionCommand({ executionArn: build.executionArn }));
  expect(JSON.parse(input ?? "")).toEqual({ inputs: ["1.2.3", "--skip-ec2"] });
});

test("the same words, in any order, go on with the build that runs; other words start another", async () => {
  await using stage = await readyStage();
  const first = await stage.start("1.2.3", "--skip-ec2");
  expect(await stage.start("--skip-ec2", "1.2.3")).toMatchObject({ name: first.name, joined: true });
  expect(await stage.start("1.2.4", "--skip-ec2")).toMatchObject({ joined: false, others: [first.name] });
  expect(await listBuilds(stage.builds, { running: true })).toHaveLength(2);
});

test("what a build is about to do is told before it starts, and not where it is gone on with", async () => {
  await using stage = await readyStage();
  const told: number[] = [];
  const announce = async () => void told.push((await listBuilds(stage.builds, { running: true })).length);
  const start = () => startBuild(stage.builds, ["1.2.3", "--skip-ec2"], { user: "alice", at: new Date(), announce });
  await start();
  expect(await start()).toMatchObject({ joined: true });
  expect(told).toEqual([0]);
});

test("the same inputs go on with the build that runs, other ones do not, and its name says none of them", async () => {
  await using stage = await readyStage();
  const inputs = { note: textInput({ summary: "What is new", default: "" }) };
  const builds = { ...stage.builds, pipeline: { ...stage.pipeline, inputs } };
  const start = (...words: string[]) => startBuild(builds, words, { user: "alice", at: new Date() });
  const first = await start("1.2.3", "--skip-ec2", "--input", "note=two words");
  expect(first.name).toMatch(/^1\.2\.3_--skip-ec2_alice_/);
  expect(await start("--input", "note=two words", "1.2.3", "--skip-ec2")).toMatchObject({
    name: first.name,
    joined: true,
  });
  expect(await start("1.2.3", "--skip-ec2")).toMatchObject({ joined: false, others: [first.name] });
});

test("a build of what a running build makes is refused before it starts, unless told otherwise", async () => {
  await using stage = await readyStage();
  const first = await stage.start("1.2.3");
  await expect(stage.start("1.2.3", "debian-12-bookworm")).rejects.toMatchObject({
    message: `the build ${first.name} is building 1.2.3`,
    hint: expect.stringContaining("--allow-overlap"),
  });
  expect(await listBuilds(stage.builds)).toHaveLength(1);
  expect(await stage.start("1.2.3", "debian-12-bookworm", "--allow-overlap")).toMatchObject({ joined: false });
});

test("a build that makes something again is another one, and one of the same version is refused with what that makes again", async () => {
  await using stage = await readyStage();
  const first = await stage.start("1.2.3", "--rerun", "MakePackage");
  expect(first.name).toMatch(/^again_1\.2\.3_/);
  expect(await stage.start("--rerun=MakePackage", "1.2.3")).toMatchObject({ name: first.name, joined: true });
  await expect(stage.start("1.2.3")).rejects.toMatchObject({
    message: `the build ${first.name} is building 1.2.3, and makes MakePackage again`,
  });
  await expect(stage.start("1.2.3", "--force")).rejects.toMatchObject({
    message: `the build ${first.name} is building 1.2.3, and makes MakePackage again`,
    hint: expect.stringContaining(`muster stop ${first.name}`),
  });
  const all = await stage.start("1.2.4", "--force");
  await expect(stage.start("1.2.4", "--rerun", "MakePackage")).rejects.toMatchObject({
    message: `the build ${all.name} is building 1.2.4, and makes everything again`,
  });
});

test("the same words after the build has ended start a new one, with a name of its own", async () => {
  await using stage = await readyStage();
  const first = await stage.start("1.2.3");
  await stage.clients.sfn.send(new StopExecutionCommand({ executionArn: first.executionArn }));
  const second = await stage.start("1.2.3");
  expect(second.joined).toBe(false);
  expect(second.name).not.toBe(first.name);
});
