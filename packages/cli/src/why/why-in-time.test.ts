import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SendTaskFailureCommand, SendTaskSuccessCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { tokenOf } from "@muster/history";
import {
  activity,
  approval,
  definePipeline,
  ErrorName,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  rejectionCause,
  scratch,
  sequence,
  type TaskInput,
} from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readHistory } from "../history/read-history.ts";
import { startBuild } from "../start-build.ts";
import { type Played, stageInTime } from "../testing/stage-in-time.ts";
import { findTaskOfBuild } from "./find-why.ts";
import { readFacts } from "./read-facts.ts";
import { whyOf } from "./show-why.ts";

const spot = { instanceTypes: ["r6i.4xlarge", "r6a.4xlarge"], market: "spot" } as const;
const Fetch = activity({
  name: "Fetch",
  per: "version",
  script: "fetch.sh",
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.micro"] },
  produces: ({ version }) => [scratch(`${version}.tar`)],
});
const Compile = activity({
  name: "Compile",
  per: "platform",
  script: "compile.sh",
  timeout: hours(1),
  worker: spot,
  retries: [{ maxAttempts: 1, interval: 60 }],
  startTimeout: hours(4),
});
const Ask = approval({ name: "Ask", summary: "Whether users get it" });
const Publish = activity({
  name: "Publish",
  per: "version",
  script: "publish.sh",
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.micro"] },
  exclusive: true,
  maxWorkers: 1,
});
const pipeline = definePipeline({
  name: "example",
  summary: "An example",
  platforms: fixedPlatforms("debian-12-bookworm"),
  flow: sequence(forEachVersion(Fetch, forEachPlatform(Compile), Ask, Publish)),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-why-"));
  for (const name of ["fetch.sh", "compile.sh", "publish.sh", "dummy.sh"])
    await writeFile(join(folder, name), "#!/bin/bash\n");
});
afterAll(() => rm(folder, { recursive: true }));

/** A build of 1.2.3, with scripts that take a minute unless they are said to do something else. */
async function world(play: (task: TaskInput, attempt: number) => Played | undefined = () => undefined) {
  const time = await stageInTime({
    pipeline,
    folder,
    play: (task, attempt) => play(task, attempt) ?? { seconds: 60, prints: ["working"] },
  });
  const { stage } = time;
  const begin = (...words: string[]) => startBuild(stage, words, { user: "tester", at: time.now() });
  const why = async (task: string, shown: Partial<typeof stage> = {}) => {
    const found = await findTaskOfBuild(stage, task, undefined);
    const read = await readFacts({ ...stage, ...shown }, found, { now: time.now(), globals: {} });
    expect(read.unread).toEqual([]);
    return whyOf(found, read, { globals: {}, isNamed: false, notTold: [] });
  };
  const sentence = async (task: string) => (await why(task)).sentence;
  /** Waits until it says so. */
  const says = async (task: string, words: RegExp) => {
    const said = new Set<string>();
    let askedAt = 0;
    await time
      .until(async () => {
        // Much happens at the same moment; asking is what costs.
        if (+time.now() - askedAt < 5000) return false;
        askedAt = +time.now();
        const now = await sentence(task);
        said.add(now);
        return words.test(now);
      })
      .catch((error: unknown) => {
        throw new Error(`${task} never said ${words}, but:\n${[...said].join("\n")}`, { cause: error });
      });
  };
  const machines = (name: string) =>
    time.aws.ec2.instances().filter(({ tags, state }) => tags["muster:activity"] === name && state === "running");
  const put = (role: "scratch" | "state", Key: string, Body = "x") =>
    time.clients.s3.send(new PutObjectCommand({ Bucket: stage.description.buckets[role], Key, Body }));
  const answer = async (executionArn: string, task: string, how: "approve" | "reject") => {
    const taskToken = tokenOf(await readHistory(stage.sfn, executionArn), task);
    const decision = { by: "tester", at: time.now().toISOString() };
    if (how === "approve")
      await stage.sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ success: decision }) }));
    else {
      const cause = rejectionCause({ ...decision, reason: "crashes" });
      await stage.sfn.send(new SendTaskFailureCommand({ taskToken, error: ErrorName.rejected, cause }));
    }
  };
  const lease = (name: string, holder: string) => {
    const expiresAt = new Date(+time.now() + 600_000).toISOString();
    return put(
      "state",
      stateKey.exclusiveLease(name),
      JSON.stringify({ holder, fencing: 1, expiresAt, released: false }),
    );
  };
  const acts = {
    put,
    lease,
    approve: (executionArn: string, task: string) => answer(executionArn, task, "approve"),
    reject: (executionArn: string, task: string) => answer(executionArn, task, "reject"),
    stop: (executionArn: string) =>
      stage.sfn.send(
        new StopExecutionCommand({ executionArn, error: "Muster.Stopped", cause: "muster stop by alice" }),
      ),
  };
  return { ...time, ...acts, machines, begin, why, sentence, says, [Symbol.asyncDispose]: time[Symbol.asyncDispose] };
}
const COMPILE = "Compile-1.2.3-debian-12-bookworm";

test("no capacity in any zone, a machine that boots, one that is reclaimed, and a script that fails at last", async () => {
  await using it = await world(({ activity }, attempt) =>
    activity === "Compile"
      ? attempt === 1
        ? { seconds: 3600 }
        : { seconds: 90, prints: ["compiling", "foo.cpp:12:3: error: no such thing"], exit: 2 }
      : undefined,
  );
  const giveCapacity = it.aws.ec2.faults.limitCapacity({ instanceType: "r6i.4xlarge" }, 0);
  const giveMore = it.aws.ec2.faults.limitCapacity({ instanceType: "r6a.4xlarge" }, 0);
  await it.begin("1.2.3");
  await it.says(COMPILE, /waits for Fetch-1\.2\.3 \(waiting for a worker/);
  await it.says("Fetch-1.2.3", /waits for its worker: i-\w+ has been booting for \d+ s/);
  await it.says("Fetch-1.2.3", /^runs on i-\w+ for /);

  await it.says(COMPILE, /EC2 has no capacity .*asked 3 times/);
  expect(await it.sentence(COMPILE)).toMatch(
    /^waits for a worker since 12:0\d UTC: EC2 has no capacity for r6i\.4xlarge\/r6a\.4xlarge \(spot\) in us-west-2a, us-west-2b.*, asked 3 times, since 12:0\d UTC$/,
  );
  giveCapacity();
  giveMore();
  await it.says(COMPILE, /i-\w+ has been booting for \d+ s; before that EC2 had no capacity/);
  await it.says(
    COMPILE,
    /^runs on i-\w+ for 11:40, and has printed nothing for 11:40: if it stays so, .* at 1[23]:\d\d UTC at the latest$/,
  );
  const [first] = it.machines("Compile");
  it.aws.ec2.interruptSpot(first?.instanceId ?? "");
  await it.says(COMPILE, /^failed with exit code 2 on i-\w+ after 1:30, at the third attempt: foo\.cpp:12:3: error/);
  const { chain, lastLines, next } = await it.why(COMPILE);
  expect(chain.map(({ says }) => says.replaceAll(/i-\w+/g, "i-…"))).toEqual([
    "the build came to it: it runs in every build",
    expect.stringMatching(/^EC2 had no capacity for .* in us-west-2a.*, asked \d+ times$/),
    "EC2 launched i-… (spot)",
    expect.stringMatching(/^i-… took it after \d+:\d\d in its queue$/),
    // As soon as EC2 said that it would take the machine back.
    "EC2 launched i-… (spot)",
    expect.stringMatching(/^i-… was reclaimed by EC2 after 1\d:\d\d$/),
    "i-… took it, another attempt",
    "it failed with exit code 2 on i-… after 1:30: foo.cpp:12:3: error: no such thing",
    "EC2 launched i-… (spot)",
    "i-… took it, another attempt",
    "it failed with exit code 2 on i-… after 1:30",
  ]);
  expect(lastLines).toEqual(["compiling", "foo.cpp:12:3: error: no such thing"]);
  expect(next[0]).toBe(`muster logs ${COMPILE}`);
});

test("skipped, waiting for a person, for its turn, for a place, and stopped", async () => {
  await using it = await world(({ activity }) =>
    activity === "Publish" ? { seconds: 1500, prints: ["a"] } : undefined,
  );
  await it.put("scratch", "1.2.3.tar");
  const { executionArn, name } = await it.begin("1.2.3");
  await it.says("Fetch-1.2.3", /^was skipped: s3:\/\/example-scratch\/1\.2\.3\.tar exists$/);
  await it.says("Ask-1.2.3", /^waits for a person since 12:\d\d UTC, until 2026-11-27 12:\d\d UTC at the longest$/);
  expect((await it.why("Ask-1.2.3")).next).toEqual([`muster approve ${name} Ask-1.2.3`]);
  expect(await it.sentence("Publish-1.2.3")).toMatch(/^waits for Ask-1\.2\.3 \(waiting for approval for .*\)$/);
  expect((await it.why("Publish-1.2.3")).next).toEqual(["muster why Ask-1.2.3"]);
  expect((await it.why("Publish-1.2.3", { movedBy: "nobody" })).sentence).toBe(
    "stands still, before the build came to it: no process moves the build",
  );

  await it.approve(executionArn, "Ask-1.2.3");
  await it.says("Publish-1.2.3", /^runs on i-/);
  expect(await it.sentence("Ask-1.2.3")).toBe("was approved by tester");
  await it.lease("Publish", "i-00000000000000009");
  await it.says(
    "Publish-1.2.3",
    /^waits for its turn on i-\w+ for .*: one runs at a time, and i-00000000000000009 is at it$/,
  );

  const second = await it.begin("1.2.4");
  await it.says("Ask-1.2.4", /^waits for a person/);
  await it.approve(second.executionArn, "Ask-1.2.4");
  await it.says(
    "Publish-1.2.4",
    /^waits for a worker since .*: .* has as many workers as it may have; i-\w+ is at Publish-1\.2\.3$/,
  );

  await it.stop(executionArn);
  expect(await it.sentence("Publish-1.2.3")).toMatch(
    /^was cut off, while it ran on i-\w+: the build was stopped by alice$/,
  );
  expect((await it.why("Publish-1.2.3")).next).toContain(`muster retry ${name}`);
});

test("what comes behind a failure, or what a person has refused, was not started", async () => {
  await using it = await world(({ name }) =>
    name === "Fetch-1.2.4"
      ? { seconds: 5, exit: 128, prints: ["fatal: no such tag"], error: "Muster.Unfixable" }
      : undefined,
  );
  const { executionArn } = await it.begin("1.2.3", "1.2.4");
  await it.says(
    "Fetch-1.2.4",
    /^failed: Muster\.Unfixable on i-\w+ after 5\.\d s, at the third attempt: fatal: no such tag$/,
  );
  expect(await it.sentence("Compile-1.2.4-debian-12-bookworm")).toBe("was not started: Fetch-1.2.4 failed before it");
  await expect(it.sentence("Fetch")).rejects.toMatchObject({
    message: '"Fetch" is the beginning of 2 tasks\' names',
    hint: "name one of them, like Fetch-1.2.3",
  });
  await it.says("Ask-1.2.3", /^waits for a person/);
  await it.reject(executionArn, "Ask-1.2.3");
  await it.says("Ask-1.2.3", /^was rejected by tester at .*: crashes$/);
  expect(await it.sentence("Publish-1.2.3")).toMatch(
    /^was not started: Ask-1\.2\.3 was rejected by tester at .*: crashes$/,
  );
  await it.says("CheckForFailures", /^failed/);
  expect((await it.why("Publish-1.2.4")).next).toEqual([
    "muster why Fetch-1.2.4",
    expect.stringMatching(/^muster retry 1\.2\.3_1\.2\.4_tester/),
  ]);
});

test("a script that hangs is silent until it is ended, and a machine that never boots is replaced", async () => {
  await using it = await world(({ activity }) => (activity === "Compile" ? { seconds: 5000 } : undefined));
  it.aws.ec2.faults.neverBoot({ count: 1 });
  await it.begin("1.2.3");
  await it.says("Fetch-1.2.3", /^runs on i-/);
  const launched = (await it.why("Fetch-1.2.3")).chain.filter(({ says }) => says.startsWith("EC2 launched"));
  expect(launched.map(({ says }) => says.replaceAll(/i-\w+/g, "i-…"))).toEqual([
    "EC2 launched i-… (on-demand), which never became ready",
    "EC2 launched i-… (on-demand)",
  ]);
  await it.says(
    COMPILE,
    /^runs on i-\w+ for .*, and has printed nothing for .*: if it stays so, it is ended at 1[23]:\d\d UTC at the latest$/,
  );
  await it.says(
    COMPILE,
    /^is tried again .*: it took longer than the step's timeout, and its worker did not say why on i-/,
  );
});

test("a worker that hangs is told from a script that takes too long", async () => {
  await using it = await world(({ activity }, attempt) =>
    activity === "Compile" && attempt === 1 ? { seconds: 5000, hangs: true } : undefined,
  );
  await it.begin("1.2.3");
  await it.says(COMPILE, /^is tried again .*: i-\w+ was not heard of any more$/);
});
