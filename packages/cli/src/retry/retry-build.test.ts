import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import {
  activity,
  definePipeline,
  ErrorName,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  minutes,
  scratch,
  sequence,
  type TaskInput,
} from "@muster/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { findBuild } from "../history/find-build.ts";
import { loadBuild } from "../history/load-build.ts";
import { startBuild } from "../start-build.ts";
import { heard } from "../testing/heard.ts";
import { type Played, stageInTime } from "../testing/stage-in-time.ts";
import { retryBuild } from "./retry-build.ts";

const common = {
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.micro"] },
  retries: [{ maxAttempts: 0 }],
} as const;
const Fetch = activity({
  ...common,
  name: "Fetch",
  per: "version",
  script: "s.sh",
  produces: ({ version }) => [scratch(`${version}.tar`)],
});
/** Leaves nothing behind: it would run in every build. */
const Compile = activity({ ...common, name: "Compile", per: "platform", script: "s.sh" });
const Publish = activity({ ...common, name: "Publish", per: "version", script: "s.sh" });
const Announce = activity({
  ...common,
  name: "Announce",
  per: "build",
  script: "s.sh",
  runsWhen: "predecessors-succeeded",
});
const pipeline = definePipeline({
  name: "example",
  summary: "An example",
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
  flow: sequence(forEachVersion(Fetch, forEachPlatform(Compile), Publish), Announce),
  image: "/image",
  dummyScript: "s.sh",
  invalidates: [],
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-retry-"));
  await writeFile(join(folder, "s.sh"), "#!/bin/bash\ntrue\n", { mode: 0o755 });
});
afterAll(() => rm(folder, { recursive: true }));

async function world(play: (task: TaskInput, attempt: number) => Played) {
  const ran: string[] = [];
  const time = await stageInTime({
    pipeline,
    folder,
    play: (task, attempt) => {
      ran.push(task.name);
      return play(task, attempt);
    },
  });
  const { stage } = time;
  const { print, said } = heard();
  const context = {
    openStage: async () => stage,
    loadStagePipeline: async () => ({ pipeline, folder, file: join(folder, "pipeline.ts") }),
    print,
    globals: { json: false },
    env: { user: "tester", cwd: folder },
    signal: new AbortController().signal,
  } as unknown as Context;
  const retry = (build: string, { plan = false, rerun = [] as string[] } = {}) => {
    const asked = retryBuild({ build, rerun, plan, noFollow: true, timeScale: undefined }, context);
    return asked.then(() => said.splice(0));
  };
  const ended = (executionArn: string) =>
    time.until(async () => (await stage.sfn.send(new DescribeExecutionCommand({ executionArn }))).status !== "RUNNING");
  return {
    ...time,
    retry,
    ended,
    /** Tasks that workers took since the last time. */
    ran: () => ran.splice(0).toSorted(),
    begin: (...words: string[]) => startBuild(stage, words, { user: "tester", at: time.now() }),
    [Symbol.asyncDispose]: time[Symbol.asyncDispose],
  };
}

test("a retry runs what failed and what waited for it, and nothing else, though all of it would run in every build", async () => {
  await using it = await world(({ name }, attempt) =>
    name === "Compile-1.2.3-debian-13-trixie" && attempt === 1 ? { seconds: 60, exit: 1 } : { seconds: 60 },
  );
  const first = await it.begin("1.2.3", "1.2.4");
  await expect(it.retry(first.name)).rejects.toMatchObject({ message: `the build ${first.name} has not ended` });
  await it.ended(first.executionArn);
  it.ran();

  expect(await it.retry(first.name, { plan: true })).toEqual([
    `a retry of ${first.name}: 2 tasks again, and 1 task that waited`,
    "  again  Compile   1.2.3  debian-13-trixie  failed",
    "  again  Publish   1.2.3                    ran without what failed",
    "  then   Announce                           waited for what failed",
  ]);
  expect(it.ran()).toEqual([]);

  const name = (await it.retry(first.name)).at(-1) ?? "";
  expect(name).toMatch(/^retry_1\.2\.3_1\.2\.4_tester_/);
  const second = await findBuild(it.stage, name);
  // The same again goes on with it, and starts no third.
  expect((await it.retry(first.name)).at(-1)).toBe(name);
  await it.ended(second.executionArn);
  // What Fetch makes was never stored by the played script, and is made again.
  expect(it.ran()).toEqual([
    "Announce",
    "Compile-1.2.3-debian-13-trixie",
    "Fetch-1.2.3",
    "Fetch-1.2.4",
    "Publish-1.2.3",
  ]);
  const build = await loadBuild(it.stage, second.executionArn);
  expect(build.state).toBe("succeeded");
  expect(build.input?.retry?.build).toBe(first.name);
  const skipped = build.steps.filter(({ state }) => state === "skipped").map(({ key, reason }) => [key, reason]);
  expect(Object.fromEntries(skipped)).toMatchObject({
    "Compile-1.2.3-debian-12-bookworm": `done in ${first.name}`,
    "Publish-1.2.4": `done in ${first.name}`,
  });
  await expect(it.retry(name)).rejects.toMatchObject({
    message: `the build ${name} has succeeded: nothing of it is left to do`,
  });
});

test("of a build that never began nothing is done again, and one that is not there is told with the nearest name", async () => {
  await using it = await world(() => ({ seconds: 1, error: ErrorName.scriptFailed }));
  const { stateMachineArn } = it.stage.description;
  const input = JSON.stringify({ inputs: ["1.2.x"] });
  const { executionArn = "" } = await it.stage.sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: "misspelt", input }),
  );
  await it.ended(executionArn);
  await expect(it.retry("misspelt")).rejects.toMatchObject({
    message: "the build misspelt never began, so that nothing of it can be done again",
    hint: expect.stringContaining("muster status misspelt says why"),
  });
  await expect(it.retry("mispelt")).rejects.toMatchObject({ hint: "did you mean misspelt?" });
});

test("a retry still owes what the build was to make again, and makes again what its own words say", async () => {
  let isBroken = false;
  await using it = await world(({ name }) => ({ seconds: 60, exit: isBroken && name.endsWith("trixie") ? 1 : 0 }));
  const { scratch: Bucket } = it.stage.description.buckets;
  await it.clients.s3.send(new PutObjectCommand({ Bucket, Key: "1.2.3.tar", Body: "made" }));
  isBroken = true;
  const first = await it.begin("1.2.3", "--rerun", "Fetch", "--rerun", "Compile");
  expect(first.name).toMatch(/^again_1\.2\.3_tester_/);
  await it.ended(first.executionArn);
  expect(it.ran()).toContain("Fetch-1.2.3");
  isBroken = false;

  const rerun = { Fetch: [], Compile: [], Publish: ["Fetch", "Compile"], Announce: ["Fetch", "Compile"] };
  const retried = await findBuild(it.stage, (await it.retry(first.name)).at(-1) ?? "");
  await it.ended(retried.executionArn);
  // Fetch was made again by the first.
  expect(it.ran()).toEqual(["Announce", "Compile-1.2.3-debian-13-trixie", "Publish-1.2.3"]);
  expect((await loadBuild(it.stage, retried.executionArn)).input).toMatchObject({ retry: { rerun } });

  expect(await it.retry(first.name, { plan: true, rerun: ["Fetch"] })).toEqual([
    `a retry of ${first.name}: 3 tasks again, 1 task that waited, and 1 task behind`,
    "  again  Compile   1.2.3  debian-13-trixie    failed",
    "  again  Publish   1.2.3                      ran without what failed",
    "  then   Announce                             waited for what failed",
    "  again  Fetch     1.2.3                      to be made again",
    "  then   Compile   1.2.3  debian-12-bookworm  gets what is made again",
  ]);
  await expect(it.retry(first.name, { rerun: ["Fetsh"] })).rejects.toMatchObject({ hint: "did you mean Fetch?" });
  const more = await findBuild(it.stage, (await it.retry(first.name, { rerun: ["Fetch"] })).at(-1) ?? "");
  await it.ended(more.executionArn);
  expect(it.ran()).toEqual([
    "Announce",
    "Compile-1.2.3-debian-12-bookworm",
    "Compile-1.2.3-debian-13-trixie",
    "Fetch-1.2.3",
    "Publish-1.2.3",
  ]);
});
