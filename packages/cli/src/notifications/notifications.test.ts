import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { type NotificationRecord, slack, sns, webhook } from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";
import { expect, test } from "vitest";
import type { Context } from "../context.ts";
import { createPrint } from "../print.ts";
import { clientsAtHand } from "../stages/local/local-clients.ts";
import type { Stage } from "../stages/stage.ts";
import { stageForTests } from "../testing/stage-for-tests.ts";
import type { NotificationJson } from "./read-notifications.ts";
import { reportNotifications } from "./report-notifications.ts";
import { type NotificationsOptions, showNotifications } from "./show-notifications.ts";

const all = [
  webhook({ name: "hook", url: "https://hooks.example.org/", secret: "a" }),
  slack({ name: "team-chat", webhook: "b", when: ["failed"] }),
  sns({ name: "mail" }),
] as const;

/** A stage with a build that has ended so many minutes ago, and what was recorded of telling that. */
async function stageWith({
  status,
  input = "1.2.3",
  minutesAgo = 0,
  notifies = all,
  tells = ["hook", "team-chat"],
}: Ended) {
  const world = await stageForTests();
  const { sfn, s3 } = world.clients;
  const description = { ...world.description, notifies: Object.fromEntries(tells.map((name) => [name, {}])) };
  await s3.send(new CreateBucketCommand({ Bucket: description.buckets.state }));
  const end = status === "SUCCEEDED" ? { Type: "Succeed" } : { Type: "Fail" };
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: description.stateMachineArn.slice(description.stateMachineArn.lastIndexOf(":") + 1),
      definition: JSON.stringify({ StartAt: "End", States: { End: end } }),
      roleArn: "arn:aws:iam::000000000000:role/any",
    }),
  );
  const { executionArn = "" } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: "build", input: JSON.stringify(input) }),
  );
  const ended = () => sfn.send(new DescribeExecutionCommand({ executionArn }));
  await expect.poll(async () => (await ended()).status).toBe(status);
  const endedAt = (await ended()).stopDate as Date;
  const asked: object[] = [];
  const stage = {
    ...clientsAtHand(world.clients),
    description,
    pipeline: { ...world.pipeline, notifies },
    movedBy: "aws",
    isBilled: true,
    notify: async (detail: object) => {
      asked.push(detail);
      return { outcomes: [{ target: "hook", kind: "webhook", told: false, requests: 3, problem: "answers 503" }] };
    },
  } as unknown as Stage;
  return {
    asked,
    async record(target: string, rest: Partial<NotificationRecord>) {
      const record = { target, kind: "webhook", end: "failed", endedAt: endedAt.toISOString(), messageId: "msg" };
      const whole = { ...record, state: "told", at: new Date().toISOString(), rounds: 1, requests: 1, ...rest };
      await stateRecords(s3, description.buckets.state).write(
        stateKey.notification(executionArn, endedAt.toISOString(), target),
        whole,
      );
    },
    async show(options: Partial<NotificationsOptions> = {}, { json = true } = {}) {
      const lines: string[] = [];
      const stdout = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
      const print = createPrint({ stdout, stderr: stdout }, { noColor: true });
      const context = { print, globals: { json, stage: "production" }, openStage: async () => stage };
      const given = { build: undefined, send: false, test: false, to: [], ...options };
      const now = new Date(Date.now() + minutesAgo * 60_000);
      const exitCode = await showNotifications(given, context as unknown as Context, now);
      return { exitCode, text: lines.join("") };
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

interface Ended {
  readonly status: "SUCCEEDED" | "FAILED";
  readonly input?: string;
  readonly minutesAgo?: number;
  readonly notifies?: Stage["pipeline"]["notifies"];
  readonly tells?: readonly string[];
}

const states = (text: string) =>
  (JSON.parse(text).notifications as NotificationJson[]).map(({ target, state }) => `${target}: ${state}`);

test.each<[string, Ended, Partial<NotificationRecord> | undefined, string[], number]>([
  ["who was told", { status: "FAILED" }, {}, ["hook: told", "team-chat: to be told", "mail: off"], 0],
  [
    "who will be tried again",
    { status: "FAILED" },
    { state: "failing" },
    ["hook: being told", "team-chat: to be told", "mail: off"],
    0,
  ],
  [
    "who is not tried any more",
    { status: "FAILED" },
    { state: "failed" },
    ["hook: not told", "team-chat: to be told", "mail: off"],
    1,
  ],
  [
    "at whom somebody died",
    { status: "FAILED", minutesAgo: 11 },
    { state: "sending" },
    ["hook: not told", "team-chat: not told", "mail: off"],
    1,
  ],
  [
    "a build that publishes nothing",
    { status: "FAILED", input: "1.2.3 --fake-ec2" },
    undefined,
    ["hook: not wanted", "team-chat: not wanted", "mail: off"],
    0,
  ],
  [
    "an end that one does not want",
    { status: "SUCCEEDED" },
    { end: "succeeded" },
    ["hook: told", "team-chat: not wanted", "mail: off"],
    0,
  ],
])("%s", async (_, ended, record, expected, exitCode) => {
  await using stage = await stageWith(ended);
  if (record !== undefined) await stage.record("hook", record);
  const shown = await stage.show();
  expect(states(shown.text)).toEqual(expected);
  expect(shown.exitCode).toBe(exitCode);
});

test("what was sent says whom it could not tell, and with what command that is done again", async () => {
  await using stage = await stageWith({ status: "FAILED" });
  const sent = await stage.show({ send: true, to: ["hook"] }, { json: false });
  expect(sent).toEqual({
    exitCode: 1,
    text: "build failed: hook was not told\n✖ hook  webhook: answers 503, asked 3 times\n  muster notifications build --send --to hook --stage production\n",
  });
  await stage.show({ test: true });
  expect(stage.asked).toEqual([{ executionArn: expect.stringMatching(/:build$/), targets: ["hook"] }, {}]);
});

test.each<[Partial<NotificationsOptions>, Partial<Ended>, string]>([
  [{ send: true, test: true }, {}, "--send tells a build's end, and --test tries out"],
  [{ build: "1.2.3", test: true }, {}, "a trial is of no build"],
  [{ to: ["hook"] }, {}, "--to says whom to tell"],
  [{}, { notifies: [] }, "notifies nobody"],
  [{ build: "biuld" }, {}, 'there is no build "biuld"'],
])("%j is refused", async (options, ended, line) => {
  await using stage = await stageWith({ status: "FAILED", ...ended });
  await expect(stage.show(options)).rejects.toThrow(line);
});

test("on a narrow terminal lines are broken between words", () => {
  const told = { target: "hook", kind: "webhook", state: "told", at: new Date(0), requests: 2, problem: null } as const;
  const untold = {
    ...told,
    target: "team-chat",
    kind: "slack",
    state: "not told",
    problem: "its secret b cannot be read: ResourceNotFoundException",
  } as const;
  expect(
    reportNotifications("1.2.3_alice_2026-11-30_0900 failed", [told, untold], {
      columns: 40,
      style: (_, text) => text,
    }),
  ).toEqual([
    "1.2.3_alice_2026-11-30_0900 failed: told",
    "  1 of 2, team-chat was not told",
    "✔ hook       webhook, at 1970-01-01",
    "  00:00:00 UTC, at the second try",
    "✖ team-chat  chat: its secret b cannot",
    "  be read: ResourceNotFoundException",
  ]);
});
