import { beforeAll, describe, expect, test } from "vitest";
import { evaluate, ref, resourcesOf } from "../../testing/references.ts";
import { bare, stage, usual } from "../../testing/sample-stages.ts";
import { type SynthesisedStack, synthStage } from "../../testing/synth-stage.ts";

const topic = ref("aws_sns_topic.alarm_topic.arn");

describe("a stage with alarms", () => {
  let stack: SynthesisedStack;
  beforeAll(async () => {
    stack = await synthStage(stage("test", usual("muster")));
  });

  test("tells of tasks that wait, of checks that fail, of the reaper, and of what EC2 does not give", () => {
    const alarms = resourcesOf(stack, "aws_cloudwatch_metric_alarm");
    const looksAt = alarms.map(([, { namespace, metric_name, dimensions }]) =>
      [namespace, metric_name, ...Object.values(dimensions ?? {})].join(" "),
    );
    expect(looksAt).toEqual(
      expect.arrayContaining([
        "Muster/test/muster OldestWaitSeconds MakeBinaryPackage",
        "AWS/Lambda Errors test-muster-health-check",
        "Muster/test/muster WorkersReaped",
        "Muster/test/muster CapacityErrors",
      ]),
    );
  });

  test("every alarm goes to the topic, as it begins and as it ends", () => {
    for (const [name, alarm] of resourcesOf(stack, "aws_cloudwatch_metric_alarm"))
      expect(alarm, name).toMatchObject({ alarm_actions: [topic], ok_actions: [topic] });
  });

  test("a build that failed or ran out of time is told of by name; one that somebody stopped is not", () => {
    const pattern = JSON.parse(
      evaluate(String(stack.resource.aws_cloudwatch_event_rule?.BuildFailed?.event_pattern), stack),
    );
    expect(pattern.detail).toEqual({
      stateMachineArn: ["arn:aws:states:us-west-2:111122223333:stateMachine:test-muster-build"],
      status: ["FAILED", "TIMED_OUT"],
    });
    expect(stack.resource.aws_cloudwatch_event_target?.BuildFailed_target).toMatchObject({
      arn: topic,
      input_transformer: {
        input_paths: { build: "$.detail.name" },
        input_template: expect.stringContaining("<build>"),
      },
    });
  });

  test("each address that the stage names gets mail", () => {
    const mail = resourcesOf(stack, "aws_sns_topic_subscription").map(([, subscription]) => subscription);
    expect(mail).toEqual([
      expect.objectContaining({ topic_arn: topic, protocol: "email", endpoint: "releases@example.org" }),
    ]);
  });
});

test("addresses that differ in a sign alone get mail each", async () => {
  const emails = ["a.b@x.org", "a-b@x.org", "a_b@x.org", "a+b@x.org"];
  const stack = await synthStage(stage("test", { ...usual("muster"), alarms: { emails } }));
  const mail = resourcesOf(stack, "aws_sns_topic_subscription").map(([, { endpoint }]) => endpoint);
  expect(mail.sort()).toEqual(emails.sort());
});

test("a stage without alarms has none, and no topic", async () => {
  const stack = await synthStage(stage("test", bare("hhvm")));
  for (const type of ["aws_cloudwatch_metric_alarm", "aws_sns_topic", "aws_sns_topic_subscription"])
    expect(resourcesOf(stack, type), type).toEqual([]);
});
