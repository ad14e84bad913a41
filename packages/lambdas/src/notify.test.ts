import { createHmac } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { type Receiver, receiver } from "@muster/local";
import { type NotificationRecord, slack, sns, webhook } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { endBuild, failedOn, green, ofVersion } from "../test/ended-builds.ts";
import { worldThatTells } from "../test/world-that-tells.ts";

const keyOf = (input: unknown): string => (input as { readonly Key?: string }).Key ?? "";
const KEY = Buffer.alloc(32, 3);
const SIGNING = `whsec_${KEY.toString("base64")}`;
const red = ofVersion({ ...failedOn("debian-12-bookworm"), ...failedOn("ubuntu-24.04-noble") });

const hook = ({ url }: Receiver) => webhook({ name: "hook", url: `${url}/ends`, secret: "signing" });
const secrets = { signing: SIGNING };

test("a program is told of a failed build, signed, with what failed where and since when; a second event tells nobody again", async () => {
  await using program = await receiver(204);
  await using world = await worldThatTells({ notifies: [hook(program)], secrets });
  await endBuild(world, "before", { as: "failed", results: red });
  const arn = await endBuild(world, "1.2.3_alice", { as: "failed", results: red });
  expect(await world.event(arn)).toEqual({ outcomes: [{ target: "hook", kind: "webhook", told: true, requests: 1 }] });
  expect(await world.event(arn)).toEqual({ outcomes: [] });

  expect(program.received).toHaveLength(1);
  const [{ path, headers, body }] = program.received as [Receiver["received"][number]];
  expect(path).toBe("/ends");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", KEY).update(signed).digest("base64")}`);
  const failure = "MakeBinaryPackage failed with the same error on all 2 platforms, in the build before too";
  expect(JSON.parse(body)).toMatchObject({
    type: "build.failed",
    data: {
      title: `example 1.2.3 failed on local: ${failure}`,
      failure,
      build: "1.2.3_alice",
      versions: ["1.2.3"],
      seconds: 600,
      steps: { succeeded: 1, failed: 2, skipped: 0 },
      failedBefore: 1,
      failed: [
        {
          step: "MakeBinaryPackage",
          version: "1.2.3",
          platform: "debian-12-bookworm",
          error: "Muster.ScriptFailed, exit 2",
          instance: "i-0123",
          seconds: 318,
          line: "foo.cpp:12:3: error: no such file",
        },
        { platform: "ubuntu-24.04-noble" },
      ],
      page: null,
      commands: ["muster status 1.2.3_alice", "muster retry 1.2.3_alice"],
    },
  });
  expect(await world.records(arn)).toEqual([
    expect.objectContaining({ target: "hook", end: "failed", state: "told", rounds: 1, requests: 1 }),
  ]);
  expect(JSON.stringify([world.logged, await world.records(arn)])).not.toContain(SIGNING);
});

test("the first success after failures is a recovery, builds that publish nothing aside; the next one is a success", async () => {
  await using program = await receiver(200);
  await using world = await worldThatTells({ notifies: [hook(program)], secrets });
  await endBuild(world, "one", { as: "failed", results: red });
  await endBuild(world, "two", { as: "timed-out" });
  await endBuild(world, "stopped", { as: "stopped" });
  const trial = await endBuild(world, "trial", { as: "succeeded", results: green }, "1.2.3 --test-build");
  expect(await world.event(trial)).toEqual({ ignored: "a build that publishes nothing" });
  await world.event(await endBuild(world, "three", { as: "succeeded", results: green }));
  await world.event(await endBuild(world, "four", { as: "succeeded", results: green }));
  expect(program.received.map(({ body }) => JSON.parse(body).type)).toEqual(["build.recovered", "build.succeeded"]);
  expect(JSON.parse(program.received[0]?.body ?? "").data).toMatchObject({
    title: "example 1.2.3 succeeded on local, after 2 builds that failed",
    failure: null,
    steps: { succeeded: 2, failed: 0, skipped: 0 },
  });
});

test("each is told the ends that it wants, and nobody whom the stage does not tell", async () => {
  await using program = await receiver(200);
  const one = { ...hook(program), name: "failures", when: ["failed"] } as const;
  const other = { ...hook(program), name: "successes", when: ["succeeded"] } as const;
  const third = { ...hook(program), name: "elsewhere" } as const;
  await using world = await worldThatTells({
    notifies: [one, other, third],
    tells: ["failures", "successes"],
    secrets,
  });
  const targets = async (answer: Promise<unknown>) =>
    ((await answer) as { outcomes: { target: string }[] }).outcomes.map(({ target }) => target);
  expect(await targets(world.event(await endBuild(world, "a", { as: "failed", results: red })))).toEqual(["failures"]);
  const recovered = await endBuild(world, "b", { as: "succeeded", results: green });
  expect(await targets(world.event(recovered))).toEqual(["successes"]);
  expect(await targets(world.event(await endBuild(world, "c", { as: "stopped" })))).toEqual([]);
});

test("what was refused at its beginning, stopped or timed out is told as that", async () => {
  await using program = await receiver(200);
  await using world = await worldThatTells({ notifies: [hook(program)], secrets });
  const cause = JSON.stringify({ errorType: "Muster.InvalidInput", errorMessage: '"1.2.x" is not a version' });
  for (const ends of [{ as: "refused", cause }, { as: "stopped" }, { as: "timed-out" }] as const) {
    await world.event(await endBuild(world, ends.as, ends, ends.as === "refused" ? "1.2.x" : "1.2.3"));
  }
  expect(program.received.map(({ body }) => JSON.parse(body).data.title)).toEqual([
    'example refused failed on local: "1.2.x" is not a version',
    "example 1.2.3 was stopped on local",
    "example 1.2.3 took too long and was ended on local",
  ]);
  expect(program.received.map(({ body }) => JSON.parse(body).data.steps)).toEqual([null, null, null]);
});

test("whoever cannot be told keeps nobody else from it: tried in three rounds, then given up, and said", async () => {
  await using program = await receiver(200);
  const chat = slack({ name: "chat", webhook: "not-there" });
  await using world = await worldThatTells({ notifies: [chat, hook(program)], secrets });
  const arn = await endBuild(world, "build", { as: "failed", results: red });
  const problem =
    "its secret not-there cannot be read: ResourceNotFoundException: Secrets Manager can't find the specified secret.";
  for (const round of [1, 2]) {
    await expect(world.event(arn)).rejects.toMatchObject({ name: "Muster.NotToldYet" });
    expect((await world.records(arn)).find(({ target }) => target === "chat")).toMatchObject({
      state: "failing",
      rounds: round,
      problem,
    });
  }
  expect(await world.event(arn)).toEqual({
    outcomes: [{ target: "chat", kind: "slack", told: false, requests: 1, problem }],
  });
  expect(await world.event(arn)).toEqual({ outcomes: [] });
  expect(program.received).toHaveLength(1);
  expect(world.logged).toContainEqual(
    expect.objectContaining({ level: "error", message: "build end not told", target: "chat", requests: 3 }),
  );
});

test("while one is at it, another event of the same end tells nobody; who died at it is made up for under the same id", async () => {
  await using program = await receiver(200);
  await using world = await worldThatTells({ notifies: [hook(program)], secrets });
  const arn = await endBuild(world, "build", { as: "failed", results: red });
  await world.event(arn);
  const [told] = (await world.records(arn)) as [NotificationRecord];
  const Key = stateKey.notification(arn, told.endedAt, "hook");
  const sending = { ...told, state: "sending", at: new Date(world.clock.now()).toISOString() };
  const Bucket = world.stage.buckets.state;
  await world.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(sending) }));

  await world.advance(59);
  await expect(world.event(arn)).rejects.toMatchObject({ name: "Muster.NotToldYet" });
  expect(program.received).toHaveLength(1);
  await world.advance(1);
  await world.event(arn);
  const ids = program.received.map(({ headers }) => headers["webhook-id"]);
  expect(ids).toEqual([told.messageId, told.messageId]);
});

test("two events of one end at the same time tell it once", async () => {
  await using program = await receiver(200);
  await using world = await worldThatTells({ notifies: [hook(program)], secrets });
  const arn = await endBuild(world, "build", { as: "failed", results: red });
  await Promise.allSettled([world.event(arn), world.event(arn), world.event(arn)]);
  expect(program.received).toHaveLength(1);
});

test("a record that cannot be written tells nobody yet, and is no failure of another", async () => {
  await using program = await receiver(200);
  const notifies = [hook(program), { ...hook(program), name: "other" }] as const;
  await using world = await worldThatTells({ notifies, secrets });
  const arn = await endBuild(world, "build", { as: "failed", results: red });
  const when = (input: unknown) => keyOf(input).endsWith("_hook.json");
  const heal = world.aws.failCalls(
    { service: "s3", operation: "PutObject", when },
    { code: "InternalError", status: 500 },
  );
  await expect(world.event(arn)).rejects.toMatchObject({ message: "not told yet: hook" });
  expect(program.received).toHaveLength(1);
  heal();
  await world.event(arn);
  expect(program.received).toHaveLength(2);
  expect((await world.records(arn)).map(({ state }) => state)).toEqual(["told", "told"]);
});

test.each([1, 2])("the answer to write %i of a record is lost: who was told is told once", async (number) => {
  await using program = await receiver(200);
  await using world = await worldThatTells({ notifies: [hook(program)], secrets });
  const arn = await endBuild(world, "build", { as: "failed", results: red });
  let writes = 0;
  const when = (input: unknown) => keyOf(input).endsWith("_hook.json") && ++writes === number;
  world.aws.failCalls(
    { service: "s3", operation: "PutObject", when, times: 1 },
    { code: "InternalError", status: 500, afterwards: true },
  );
  await world.event(arn);
  expect(await world.event(arn)).toEqual({ outcomes: [] });
  expect(program.received).toHaveLength(1);
  expect(await world.records(arn)).toMatchObject([{ state: "told", rounds: 1 }]);
});

test("a trial says that it is one and leaves no record; a build's end can be told again, under its id", async () => {
  await using program = await receiver(200);
  await using world = await worldThatTells({ notifies: [hook(program)], secrets });
  const arn = await endBuild(world, "build", { as: "failed", results: red });
  await world.ask({});
  expect(JSON.parse(program.received[0]?.body ?? "")).toMatchObject({ type: "build.test", data: { build: null } });
  expect(await world.records(arn)).toEqual([]);
  await world.event(arn);
  await world.ask({ executionArn: arn, targets: ["hook"] });
  expect(program.received[2]?.headers["webhook-id"]).toBe(program.received[1]?.headers["webhook-id"]);
  await expect(world.ask({ targets: ["hok"] })).rejects.toMatchObject({
    message: 'local tells no "hok" (did you mean hook?)',
  });
});

test("a chat is told in a few lines, in which nothing that a script printed is a mention or a link", async () => {
  await using program = await receiver(200);
  const chat = slack({ name: "chat", webhook: "chat-url" });
  await using world = await worldThatTells({
    notifies: [chat],
    secrets: { "chat-url": `${program.url}/services/T0/B0\n` },
  });
  const results = ofVersion(failedOn("debian-12-bookworm", "<!channel> @all ``` \u001b[31merror\u001b[0m & more"));
  await world.event(await endBuild(world, "build", { as: "failed", results }));
  expect(program.received[0]?.path).toBe("/services/T0/B0");
  expect(JSON.parse(program.received[0]?.body ?? "").text.split("\n")).toEqual([
    "✖ *example 1.2.3 failed on local: MakeBinaryPackage failed on debian-12-bookworm*",
    "after 10:00: 1 succeeded, 1 failed",
    "```",
    "MakeBinaryPackage 1.2.3 debian-12-bookworm i-0123 Muster.ScriptFailed, exit 2, after 318 s: &lt;!channel&gt; @all ''' error &amp; more",
    "```",
    "`muster status build`",
    "`muster retry build`",
  ]);
});

test("a topic of SNS gets a subject, text for mails and JSON for the rest", async () => {
  const body =
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>';
  await using amazon = await receiver({ status: 200, headers: { "content-type": "text/xml" }, body });
  const topic = sns({ name: "ends" });
  await using world = await worldThatTells({ notifies: [topic], snsUrl: amazon.url });
  const arn = await endBuild(world, "build", { as: "succeeded", results: green });
  expect(await world.event(arn)).toEqual({ outcomes: [{ target: "ends", kind: "sns", told: true, requests: 1 }] });
  const asked = new URLSearchParams(amazon.received[0]?.body);
  expect(Object.fromEntries(asked)).toMatchObject({
    Action: "Publish",
    TopicArn: "arn:aws:sns:us-west-2:000000000000:ends",
    Subject: "example 1.2.3 succeeded on local",
    MessageStructure: "json",
  });
  const message = JSON.parse(asked.get("Message") ?? "");
  expect(JSON.parse(message.default).type).toBe("build.succeeded");
  expect(message.email).toBe("example 1.2.3 succeeded on local.\nafter 10:00: 2 succeeded\n\n  muster status build");
});
