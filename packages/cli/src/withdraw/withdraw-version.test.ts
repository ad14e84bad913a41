import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import type { TaskInput } from "@muster/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { findBuild } from "../history/find-build.ts";
import { loadBuild } from "../history/load-build.ts";
import { retryBuild } from "../retry/retry-build.ts";
import { runBuild } from "../run-build.ts";
import { startBuild } from "../start-build.ts";
import { heard } from "../testing/heard.ts";
import { type Played, stageInTime } from "../testing/stage-in-time.ts";
import { pack, pipeline, platforms } from "../testing/withdrawn-pipeline.ts";
import { columnsOf } from "../text-columns.ts";
import { withdrawVersion } from "./withdraw-version.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-withdraw-"));
  for (const name of ["s.sh", "w.sh"]) await writeFile(join(folder, name), "#!/bin/bash\ntrue\n", { mode: 0o755 });
});
afterAll(() => rm(folder, { recursive: true }));

async function world({ columns, json = false, keepsVersions = true } = {} as WorldOptions) {
  let isBroken = false;
  const ran: string[] = [];
  const taken: string[] = [];
  const time = await stageInTime({
    pipeline,
    folder,
    play: (task): Played => {
      ran.push(task.name);
      if (isBroken && task.activity === "Tarball") return { seconds: 1, exit: 1 };
      taken.push(...objectsOf(task));
      return { seconds: 1 };
    },
  });
  const { stage } = time;
  const { description } = stage;
  const s3 = await stage.s3();
  const { downloads: Bucket } = description.buckets;
  if (!keepsVersions)
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }));
  const { print, said } = heard({ columns });
  const context = {
    openStage: async () => stage,
    loadStagePipeline: async () => ({ pipeline, folder, file: join(folder, "pipeline.ts") }),
    env: { user: "alice" },
    print,
    globals: { json },
    signal: new AbortController().signal,
  } as unknown as Context;
  const withdraw = async (version: string, { plan = false, reason }: { plan?: boolean; reason?: string } = {}) => {
    await withdrawVersion({ version, reason, plan, noFollow: true, timeScale: undefined }, context);
    return said.splice(0);
  };
  const end = async (name: string) => {
    const { executionArn } = await findBuild(stage, name);
    await time.until(
      async () => (await stage.sfn.send(new DescribeExecutionCommand({ executionArn }))).status !== "RUNNING",
    );
    for (const Key of taken.splice(0)) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    return loadBuild(stage, executionArn);
  };
  return {
    ...time,
    context,
    withdraw,
    end,
    begin: (...words: string[]) => startBuild(stage, words, { user: "tester", at: time.now() }),
    ran: () => ran.splice(0).toSorted(),
    break: (now: boolean) => {
      isBroken = now;
    },
    publish: async (version: string) => {
      const keys = [...platforms.map((platform) => pack(version, platform).key), `${version}.tar`, `told/${version}`];
      for (const Key of [...keys, `mirror/${version}`])
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: version }));
    },
    build: (...words: string[]) =>
      runBuild({ words, input: [], rerun: [], plan: true, noFollow: true, timeScale: undefined }, context).then(() =>
        said.splice(0),
      ),
    retry: (build: string) =>
      retryBuild({ build, rerun: [], plan: false, noFollow: true, timeScale: undefined }, context).then(() =>
        said.splice(0),
      ),
    [Symbol.asyncDispose]: time[Symbol.asyncDispose],
  };
}

/** Keys of what a task takes back. */
const objectsOf = ({ env }: TaskInput): string[] =>
  (env.TAKE_BACK ?? "").split(" ").map((url) => url.replace(/^s3:..[^/]+./, ""));

interface WorldOptions {
  readonly columns?: number;
  readonly json?: boolean;
  readonly keepsVersions?: boolean;
}

const at = (key: string) => `s3://example-downloads/${key}`;

test("a plan says what is taken back by whom, and what stays and why; nothing is started", async () => {
  await using it = await world();
  await it.publish("1.2.3");
  expect(await it.withdraw("1.2.3", { plan: true })).toEqual([
    "1.2.3: what 2 tasks published is taken back; what 2 tasks published stays",
    `  takes back  Publish  ${at("1.2.3/debian-12-bookworm.deb")}, ${at("1.2.3/debian-13-trixie.deb")}`,
    `  takes back  Tarball  ${at("1.2.3.tar")}`,
    `  stays       Tell     ${at("told/1.2.3")}: it was read: say that it is withdrawn`,
    `  stays       Mirror   ${at("mirror/1.2.3")}: nothing says how it is taken back`,
  ]);
  expect(it.ran()).toEqual([]);
});

test("on a terminal of 40 columns nothing but an URL is wider", async () => {
  await using it = await world({ columns: 40 });
  await it.publish("1.2.3");
  const lines = await it.withdraw("1.2.3", { plan: true });
  const wide = lines.filter((line) => columnsOf(line) > 40);
  expect(wide.filter((line) => !/^ *s3:\/\/\S+$/.test(line))).toEqual([]);
});

test("a withdrawal runs what has something to take back; said again nothing is done, and it says so", async () => {
  await using it = await world();
  await it.publish("1.2.3");
  const name = (await it.withdraw("1.2.3", { reason: "crashes on start" })).at(-1) ?? "";
  expect(name).toMatch(/^withdraw_1\.2\.3_alice_/);
  expect((await it.end(name)).state).toBe("succeeded");
  expect(it.ran()).toEqual(["Publish-1.2.3", "Tarball-1.2.3"]);
  const [first, ...rest] = await it.withdraw("1.2.3");
  expect(first).toMatch(
    /^1\.2\.3 was withdrawn by \S+ at [-0-9: ]+ \(crashes on start\): nothing of it is left to take back; what 2 tasks published stays$/,
  );
  expect(rest.map((line) => line.trim().split(/ {2,}/).slice(0, 2).join(" "))).toEqual([
    "gone Publish",
    "gone Tarball",
    "stays Tell",
    "stays Mirror",
  ]);
  expect(it.ran()).toEqual([]);
});

test("the same again, also with another reason, goes on with the withdrawal that runs", async () => {
  await using it = await world();
  await it.publish("1.2.3");
  const name = (await it.withdraw("1.2.3", { reason: "crashes" })).at(-1);
  expect((await it.withdraw("1.2.3", { reason: "still" })).at(-1)).toBe(name);
});

test("one that failed half way goes on with what is left, and is not retried as a build", async () => {
  await using it = await world();
  await it.publish("1.2.3");
  it.break(true);
  const name = (await it.withdraw("1.2.3")).at(-1) ?? "";
  expect((await it.end(name)).state).toBe("failed");
  expect(it.ran()).toEqual(["Publish-1.2.3", "Tarball-1.2.3"]);
  await expect(it.retry(name)).rejects.toMatchObject({
    message: `the build ${name} takes 1.2.3 back, and is not done again as a build`,
    hint: "muster withdraw 1.2.3 goes on with it",
  });
  it.break(false);
  const again = await it.withdraw("1.2.3");
  expect(again[0]).toMatch(
    /^1\.2\.3: what 1 task published is taken back; .* was withdrawn by .*, and that is not done yet$/,
  );
  expect((await it.end(again.at(-1) ?? "")).state).toBe("succeeded");
  expect(it.ran()).toEqual(["Tarball-1.2.3"]);
});

test("a build of what was withdrawn is refused, planned or not, and one that says that it means to is not", async () => {
  await using it = await world();
  await it.publish("1.2.3");
  await it.end((await it.withdraw("1.2.3")).at(-1) ?? "");
  await expect(it.build("1.2.3")).rejects.toMatchObject({
    message: expect.stringMatching(/^1\.2\.3 was withdrawn by/),
    hint: "--republish builds and publishes it again",
  });
  expect((await it.build("1.2.3", "--republish"))[0]).toMatch(/would run/);
});

test("a version that was never published is refused, with the nearest one that was built", async () => {
  await using it = await world();
  await it.begin("1.2.3");
  await expect(it.withdraw("1.2.33")).rejects.toMatchObject({
    message: "1.2.33 was never published here",
    hint: "did you mean 1.2.3?",
  });
  await expect(it.withdraw("latest")).rejects.toThrow('"latest" is not a version');
  await expect(it.withdraw("1.2.3", { reason: "a\nb" })).rejects.toThrow("a reason is one line");
});

test("while the version is built it is not withdrawn", async () => {
  await using it = await world();
  await it.publish("1.2.3");
  const { name } = await it.begin("1.2.3");
  await expect(it.withdraw("1.2.3")).rejects.toThrow(`the build ${name} is building 1.2.3`);
});

test("a bucket that keeps no versions is refused by name: what is taken back would be lost", async () => {
  await using it = await world({ keepsVersions: false });
  await it.publish("1.2.3");
  for (const plan of [true, false])
    await expect(it.withdraw("1.2.3", { plan })).rejects.toMatchObject({
      message: "the bucket example-downloads keeps no versions: what is taken back would be lost for good",
      hint: expect.stringContaining("put-bucket-versioning --bucket example-downloads"),
    });
});

test("where nothing of a version can be taken back it says so, with the first that stays", async () => {
  await using it = await world();
  await it.publish("1.2.3");
  const { buckets } = it.stage.description;
  for (const Key of ["1.2.3.tar", ...platforms.map((platform) => `1.2.3/${platform}.deb`)])
    await (await it.stage.s3()).send(new DeleteObjectCommand({ Bucket: buckets.downloads, Key }));
  await expect(it.withdraw("1.2.3")).rejects.toMatchObject({
    message: "nothing of 1.2.3 can be taken back: what Tell published stays, it was read: say that it is withdrawn",
  });
});

test("as JSON a plan holds the same", async () => {
  await using it = await world({ json: true });
  await it.publish("1.2.3");
  const [json = ""] = await it.withdraw("1.2.3", { plan: true });
  expect(JSON.parse(json)).toMatchObject({
    version: "1.2.3",
    withdrawal: null,
    tasks: [
      { task: "Publish-1.2.3", step: "Publish", platform: null, does: "takes-back", reason: null },
      { step: "Tarball", does: "takes-back", evidence: [at("1.2.3.tar")] },
      { step: "Tell", does: "stays", reason: "it was read: say that it is withdrawn" },
      { step: "Mirror", does: "stays" },
    ],
  });
});
