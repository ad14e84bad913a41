import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { policyDocument, THE_RESOURCE_ITSELF } from "../iam/policy.ts";
import { keyAdministration } from "../secrets/key-administration.ts";
import type { ResourceNames, StageScope } from "../stage-scope.ts";

/** The rule that tells of failed builds; it alone publishes, beside alarms. */
export const failedBuildsRule = (names: ResourceNames): string => names.of("BuildFailed", 64);

/** Where alarms go. Each address must confirm, by the mail that AWS sends it. */
export function createAlarmTopic({ stack, stage, names }: StageScope, emails: readonly string[]): SnsTopic {
  // AWS's own key for SNS does not let alarms publish. @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  const key = new KmsKey(stack, "alarm_key", {
    description: `${names.of("Alarms", 255)}: alarms on their way`,
    enableKeyRotation: true,
    deletionWindowInDays: 7,
    policy: policyDocument([
      ...keyAdministration(names),
      {
        Sid: "Publish",
        Effect: "Allow",
        // SNS asks for the key in their name, without saying which account's rule or alarm publishes: that is the topic's affair.
        Principal: { Service: ["cloudwatch.amazonaws.com", "events.amazonaws.com"] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: THE_RESOURCE_ITSELF,
      },
    ]),
  });
  const topic = new SnsTopic(stack, "alarm_topic", { name: names.of("Alarms", 255), kmsMasterKeyId: key.arn });
  new SnsTopicPolicy(stack, "alarm_topic_policy", {
    arn: topic.arn,
    policy: policyDocument([
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["sns:Publish"],
        Resource: [topic.arn],
        Condition: { StringEquals: { "aws:SourceAccount": stage.account } },
      },
      {
        Sid: "FailedBuilds",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["sns:Publish"],
        Resource: [topic.arn],
        Condition: { ArnEquals: { "aws:SourceArn": names.arn("events", `rule/${failedBuildsRule(names)}`) } },
      },
    ]),
  });
  for (const email of emails) {
    new SnsTopicSubscription(stack, `alarm_mail_${email.replaceAll(/[^A-Za-z0-9]/g, escapeSign)}`, {
      topicArn: topic.arn,
      protocol: "email",
      endpoint: email,
    });
  }
  return topic;
}

/** Addresses that differ in a sign alone are two. */
const escapeSign = (sign: string): string => (sign === "@" ? "_at_" : `-${sign.charCodeAt(0).toString(16)}-`);
