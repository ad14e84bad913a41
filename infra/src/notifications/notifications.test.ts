import { slack, sns, webhook } from "@muster/pipeline";
import { beforeAll, describe, expect, test } from "vitest";
import { type DeployedStage, deployed } from "../../testing/iam-requests.ts";
import { synthLarge } from "../../testing/large-pipeline.ts";
import { evaluate } from "../../testing/references.ts";
import { bare, stage, usual } from "../../testing/sample-stages.ts";
import { decide, isAllowed } from "../../testing/simulate.ts";
import { resourcePolicy, whoMay } from "../../testing/who-may.ts";
import type { Statement } from "../iam/policy.ts";
import type { Stage, StageDefinition } from "../stage-settings.ts";
import { checkNotified, toldHere } from "./told-here.ts";

async function telling(made: Stage): Promise<DeployedStage> {
  const { pipeline, stack } = await synthLarge(made, 2);
  return deployed(made, pipeline, stack);
}

const toldIn = (at: DeployedStage): unknown =>
  JSON.parse(evaluate(at.stack.locals.stage_description ?? "", at.stack)).notifies;

describe("a stage that tells all whom its pipeline names", () => {
  let at: DeployedStage;
  beforeAll(async () => {
    at = await telling(stage("staging", usual("large")));
  });

  test("its functions know secrets and topics by their names there", () => {
    expect(toldIn(at)).toEqual({
      program: { secret: "staging-large/webhook" },
      chat: { secret: "staging-large/chat" },
      topic: { topic: "arn:aws:sns:us-west-2:111122223333:staging-large-told-topic" },
      elsewhere: { topic: "arn:aws:sns:us-west-2:444455556666:builds" },
    });
  });

  test("the topic that it makes is encrypted, and named in the outputs; the other one is not its own", () => {
    const made = Object.entries(at.stack.resource.aws_sns_topic ?? {}).filter(([id]) => id.startsWith("told_"));
    expect(made).toEqual([
      ["told_topic", expect.objectContaining({ name: "staging-large-told-topic", kms_master_key_id: "alias/aws/sns" })],
    ]);
    expect(at.stack.output).toHaveProperty("told_topic_topic_arn");
  });

  test("a build's end reaches Notify, beside those whom it reaches anyway", () => {
    const targets = Object.values(at.stack.resource.aws_cloudwatch_event_target ?? {});
    expect(targets.filter(({ rule }) => String(rule).includes("BuildEnded")).map(({ target_id }) => target_id)).toEqual(
      ["notify", "page", "repair"],
    );
  });

  test.each(["staging-large/webhook", "staging-large/chat"])(
    "%s is read by Notify alone, whatever lets others",
    async (name) => {
      const resource = at.names.arn("secretsmanager", `secret:${name}-AbCdEf`);
      const id = `secret_${name.replaceAll(/[^A-Za-z0-9]+/g, "_")}_policy`;
      const policy = resourcePolicy(at, "aws_secretsmanager_secret_policy", id);
      const request = { action: "secretsmanager:GetSecretValue", resource };
      expect(await whoMay(at, request, policy)).toEqual(["Notify"]);
      const all = { Sid: "All", Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: ["*"] } as const;
      const principal = "arn:aws:sts::111122223333:assumed-role/administrator/someone";
      expect(await decide({ statements: [all], request, principal, resourcePolicy: policy })).toBe("ExplicitlyDenied");
    },
  );

  test("topics are told by Notify alone", async () => {
    for (const resource of [
      at.names.arn("sns", "staging-large-told-topic"),
      "arn:aws:sns:us-west-2:444455556666:builds",
    ])
      expect(await whoMay(at, { action: "sns:Publish", resource }), resource).toEqual(["Notify"]);
  });

  test("the topic that it makes takes nobody else's word, whatever lets them publish", async () => {
    const resourcePolicyOfTopic = resourcePolicy(at, "aws_sns_topic_policy", "told_topic_policy");
    const request = { action: "sns:Publish", resource: at.names.arn("sns", "staging-large-told-topic") };
    expect(await whoMay(at, request, resourcePolicyOfTopic)).toEqual(["Notify"]);
    const all = { Sid: "All", Effect: "Allow", Action: ["sns:Publish"], Resource: ["*"] } as const;
    const principal = "arn:aws:sts::111122223333:assumed-role/administrator/someone";
    const context = { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/administrator" };
    const asked = { statements: [all], request: { ...request, context }, principal };
    expect(await decide({ ...asked, resourcePolicy: resourcePolicyOfTopic })).toBe("ExplicitlyDenied");
  });

  test("whoever builds may try out, and tell again, by what is deployed last; without reading secrets or writing records", async () => {
    const policy = evaluate(String(at.stack.resource.aws_iam_policy?.operator_policy?.policy), at.stack);
    const statements = JSON.parse(policy).Statement as Statement[];
    const may = (action: string, resource: string) => isAllowed({ statements, request: { action, resource } });
    const notify = at.names.arn("lambda", "function:staging-large-notify");
    expect(await may("lambda:InvokeFunction", `${notify}:live`)).toBe(true);
    expect(await may("lambda:InvokeFunction", notify)).toBe(false);
    expect(await may("lambda:InvokeFunction", at.names.arn("lambda", "function:staging-large-reap:live"))).toBe(false);
    const record = `${at.names.bucketArn("state")}/notifications/build/end_chat.json`;
    expect(await may("s3:GetObject", record)).toBe(true);
    expect(await may("s3:PutObject", record)).toBe(false);
    const secret = at.names.arn("secretsmanager", "secret:staging-large/chat-AbCdEf");
    expect(await may("secretsmanager:GetSecretValue", secret)).toBe(false);
  });

  test("somebody is woken where nobody could be told", () => {
    const alarms = Object.keys(at.stack.resource.aws_cloudwatch_metric_alarm ?? {});
    expect(alarms).toEqual(expect.arrayContaining(["alarm_ends_not_told", "alarm_notify_failing"]));
  });
});

test("a stage that tells one makes nothing for the others", async () => {
  const at = await telling(stage("staging", { ...usual("large"), notifies: ["chat"] }));
  expect(toldIn(at)).toEqual({ chat: { secret: "staging-large/chat" } });
  expect(Object.keys(at.stack.resource.aws_secretsmanager_secret ?? {})).toEqual(["secret_staging_large_chat"]);
  expect(Object.keys(at.stack.resource.aws_sns_topic ?? {}).filter((id) => id.startsWith("told_"))).toEqual([]);
});

test("a stage that tells nobody has no event for Notify, no alarm, and nothing that it may do", async () => {
  const at = await telling(stage("staging", { ...usual("large"), disposable: true }));
  expect(toldIn(at)).toBeUndefined();
  expect(JSON.stringify(at.stack.resource.aws_cloudwatch_event_target)).not.toContain("notify");
  expect(Object.keys(at.stack.resource.aws_cloudwatch_metric_alarm ?? {})).not.toContain("alarm_notify_failing");
  const role = "aws_iam_role_policy.Notify_policy";
  expect(evaluate(`\${${role}.policy}`, at.stack)).not.toMatch(/sns:|secretsmanager:|states:|s3:/);
});

const notifies = [
  webhook({ name: "program", url: "https://example.org", secret: "a" }),
  slack({ name: "chat", webhook: "b" }),
  sns({ name: "topic" }),
];
const namesFor = (made: Stage): string[] =>
  toldHere({ stage: made, pipeline: { notifies } as never }).map(({ name }) => name);

test.each<[string, Partial<StageDefinition>, string[]]>([
  ["a stage that says nothing tells all", {}, ["program", "chat", "topic"]],
  ["a disposable one nobody", { disposable: true }, []],
  ["unless it says so", { disposable: true, notifies: true }, ["program", "chat", "topic"]],
  ["false is nobody", { notifies: false }, []],
  ["and names are those", { notifies: ["topic", "chat"] }, ["chat", "topic"]],
])("%s", (_, settings, told) => {
  expect(namesFor(stage("staging", { ...bare("large"), ...settings }))).toEqual(told);
});

test("a name that is none of the pipeline's is refused with the nearest one", () => {
  const made = stage("staging", { ...bare("large"), notifies: ["chta"] });
  expect(() => checkNotified(made, { name: "large", notifies } as never)).toThrow(
    'the stage staging notifies "chta", which is no notification of the pipeline large',
  );
});
