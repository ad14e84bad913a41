import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { createHandlers } from "@muster/lambdas";
import type { TaskInput } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBuild } from "../start-build.ts";
import { pipeline, TASK } from "../testing/audited-stage.ts";
import { type Played, stageInTime } from "../testing/stage-in-time.ts";
import type { Orphan } from "./orphan.ts";
import { auditStage } from "./show-audit.ts";

/** In the order in which a test finds them. */
type Kinds = readonly Orphan["kind"][];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-audit-"));
  for (const name of ["compile.sh", "publish.sh", "after.sh", "init.sh", "dummy.sh"])
    await writeFile(join(folder, name), "#!/bin/bash\n");
});
afterAll(() => rm(folder, { recursive: true }));

/** A stage that is billed, with the real functions in virtual time; the reaper comes when a test calls it. */
async function world(play: (task: TaskInput, attempt: number) => Played = () => ({ seconds: 60 })) {
  const time = await stageInTime({ pipeline, folder, play });
  const stage = { ...time.stage, isBilled: true };
  const audit = () =>
    auditStage(stage, {
      now: time.now(),
      idleSeconds: undefined,
      muster: (...words) => ["muster", ...words].join(" "),
    });
  const { Reap } = createHandlers(pipeline, stage.description, { ...time.clients, now: time.now });
  const machines = (state = "running") =>
    time.aws.ec2
      .instances()
      .filter((instance) => instance.state === state)
      .map(({ instanceId }) => instanceId);
  return {
    ...time,
    stage,
    audit,
    machines,
    reap: () => Reap({}),
    begin: (...words: string[]) => startBuild(stage, words, { user: "tester", at: time.now() }),
    orphans: async (): Promise<readonly Orphan[]> => {
      const { orphans, unread } = await audit();
      expect(unread).toEqual([]);
      return orphans;
    },
    kinds: async (): Promise<Kinds> => (await audit()).orphans.map(({ kind }) => kind),
    passes: (mins: number) => time.passes(mins * 60),
    stop: (executionArn: string) => stage.sfn.send(new StopExecutionCommand({ executionArn })),
    put: async (Key: string, value: unknown) =>
      (await stage.s3()).send(
        new PutObjectCommand({ Bucket: stage.description.buckets.state, Key, Body: JSON.stringify(value) }),
      ),
    [Symbol.asyncDispose]: time[Symbol.asyncDispose],
  };
}

test("from its beginning until its workers have ended, a build that goes well has no orphans", async () => {
  await using it = await world(({ activity: of }) => ({ seconds: of === "Compile" ? 900 : 60 }));
  expect(await it.audit()).toMatchObject({ orphans: [], lookedAt: { machines: 0, runningBuilds: 0 }, unread: [] });
  await it.begin("1.2.3");
  const found: unknown[] = [];
  let most = 0;
  for (let look = 0; look < 25; look++) {
    const { orphans, lookedAt, unread } = await it.audit();
    found.push(...orphans, ...unread);
    most = Math.max(most, lookedAt.machines ?? 0);
    await it.passes(2);
  }
  expect(found).toEqual([]);
  expect(most).toBeGreaterThan(0);
});

test("a build that is stopped leaves its machine at work until a heartbeat tells it, and then there is nothing", async () => {
  await using it = await world(() => ({ seconds: 3600 }));
  const { executionArn, name } = await it.begin("1.2.3");
  await it.passes(5);
  expect(await it.orphans()).toEqual([]);
  await it.stop(executionArn);
  const [orphan, ...others] = await it.orphans();
  expect(others).toEqual([]);
  expect(orphan).toMatchObject({
    kind: "machine at a task that is over",
    name: it.machines()[0],
    task: TASK,
    build: name,
    says: `is at ${TASK}, which is over: the build ${name} was stopped`,
    dollarsPerHour: 0.19,
    next: [],
  });
  const minutesLeft = (+(orphan?.repair?.until as Date) - +it.now()) / 60_000;
  expect(minutesLeft).toBeLessThan(3);
  await it.passes(minutesLeft);
  expect(await it.orphans()).toEqual([]);
  expect(it.machines()).toHaveLength(1);
  await it.passes(15);
  expect(it.machines()).toEqual([]);
});

test("a worker that hangs is named when another has its task, and until the reaper has come", async () => {
  await using it = await world(({ activity: of }, attempt) =>
    of === "Compile" && attempt === 1 ? { seconds: 30 * 3600, hangs: true } : { seconds: 60 },
  );
  await it.begin("1.2.3");
  await it.passes(5);
  const [hung = ""] = it.machines();
  await it.passes(40);
  const [orphan, ...others] = await it.orphans();
  expect(others).toEqual([]);
  expect(orphan).toMatchObject({
    name: hung,
    says: `is at ${TASK}, which is over: its worker was not heard of in time; its worker should have learnt so by now`,
    repair: { says: "the reaper ends it when it has had no task for 1:55:00" },
    next: [`aws ec2 terminate-instances --region us-west-2 --instance-ids ${hung}`],
  });
  await it.reap();
  await it.passes(114);
  await it.reap();
  expect(await it.orphans()).toHaveLength(1);
  await it.passes(1);
  await it.reap();
  expect(await it.orphans()).toEqual([]);
});

test("a machine that never boots, until the reaper has come", async () => {
  await using it = await world();
  it.aws.ec2.faults.neverBoot({ count: 1 });
  await it.begin("1.2.3");
  await it.passes(15);
  expect(await it.orphans()).toEqual([]);
  await it.passes(10);
  expect(await it.kinds()).toEqual(["machine that never became ready"]);
  await it.reap();
  await it.reap();
  expect(await it.orphans()).toEqual([]);
});

test("what somebody did to machines by hand, until he ends them", async () => {
  await using it = await world(() => ({ seconds: 3600 }));
  await it.begin("1.2.3");
  await it.passes(3);
  const [one = ""] = it.machines();
  const { ec2 } = it.clients;
  const change = (Key: string, Value: string) =>
    ec2.send(new CreateTagsCommand({ Resources: [one], Tags: [{ Key, Value }] }));
  await change("muster:pipeline", "former");
  expect(await it.kinds()).toEqual(["machine of another pipeline"]);
  await ec2.send(new DeleteTagsCommand({ Resources: [one], Tags: [{ Key: "muster:stage" }] }));
  expect(await it.kinds()).toEqual(["machine without tags"]);
  await change("muster:stage", it.stage.description.stage);
  await change("muster:pipeline", "example");
  await change("muster:launch", "");
  expect(await it.kinds()).toEqual([]);
  await ec2.send(new StopInstancesCommand({ InstanceIds: [one] }));
  await it.passes(1);
  expect(await it.kinds()).toEqual(["stopped machine"]);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [one] }));
  expect(await it.kinds()).toEqual([]);
});

test("a machine that is lost leaves its lease until that expires; its task repair has given back at once", async () => {
  await using it = await world(({ activity: of }) => ({ seconds: of === "Publish" ? 900 : 60 }));
  await it.begin("1.2.3");
  await it.passes(5);
  const holder = it.aws.ec2.instances().find(({ tags }) => tags["muster:activity"] === "Publish")?.instanceId ?? "";
  const expiresAt = new Date(+it.now() + 180_000).toISOString();
  await it.put(stateKey.exclusiveLease("Publish"), { holder, fencing: 1, expiresAt, released: false });
  expect(await it.kinds()).toEqual([]);
  await it.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [holder] }));
  await it.passes(1);
  expect((await it.orphans()).map(({ name, says }) => `${name} ${says}`)).toEqual([
    `Publish's lease is held by ${holder}, which has ended`,
  ]);
  await it.passes(3);
  expect(await it.kinds()).toEqual([]);
});

test("what functions that died have left, until the reaper or the next of them has come", async () => {
  await using it = await world();
  const long = new Date(+it.now() - 10 * 60_000).toISOString();
  await it.put(stateKey.healthCheckToken("1.0.0_gone"), { token: "secret" });
  await it.put(stateKey.attention("Compile"), { askedAt: long });
  await it.put(stateKey.launch("Compile", long, "token"), {
    activity: "Compile",
    clientToken: "token",
    requestedAt: long,
    wanted: 1,
    market: "on-demand",
    launchedBy: "",
    demands: [],
    finished: false,
    instances: [],
    errors: [],
  });
  const execution = "arn:aws:states:us-west-2:000000000000:execution:example:1.0.0_gone";
  await it.put(stateKey.demand("Compile", `${long}_0123`), { execution, task: TASK, debug: "" });
  expect(await it.kinds()).toEqual(["unanswered launch", "demand of an ended build"]);
  await it.passes(3);
  const left = await it.orphans();
  expect(left.map(({ kind }) => kind)).toEqual([
    "unanswered launch",
    "demand of an ended build",
    "repair request",
    "record of an ended build",
  ]);
  expect(JSON.stringify(left)).not.toContain("secret");
  await it.reap();
  expect(await it.kinds()).toEqual(["unanswered launch", "demand of an ended build", "repair request"]);
  await it.begin("1.2.3");
  await it.passes(5);
  expect(await it.kinds()).toEqual([]);
});

test.each([
  ["leases", { service: "s3", operation: "GetObject" }, "AccessDenied"],
  ["machines", { service: "ec2", operation: "DescribeInstances" }, "UnauthorizedOperation"],
  ["builds", { service: "states", operation: "ListExecutions" }, "AccessDeniedException"],
] as const)("where %s may not be read that is said, and the rest is looked at", async (what, call, code) => {
  await using it = await world(() => ({ seconds: 3600 }));
  await it.put(stateKey.exclusiveLease("Publish"), {
    holder: "somebody",
    fencing: 1,
    expiresAt: "2027-01-01T00:00:00Z",
    released: false,
  });
  await it.begin("1.2.3");
  await it.passes(2);
  it.aws.failCalls({ ...call, times: 99 }, { code, status: 403 });
  const { orphans, lookedAt, unread } = await it.audit();
  expect(unread).toContainEqual(expect.stringMatching(new RegExp(`\\b${what}\\b.* could not be read: .*permission`)));
  expect(orphans.map(({ kind }) => kind)).toEqual(what === "leases" ? [] : ["lease"]);
  expect(Object.values(lookedAt)).toContain(null);
});
