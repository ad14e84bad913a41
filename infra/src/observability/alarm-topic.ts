import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { policyDocument } from "../iam/policy.ts";
import { keyAdministration } from "../secrets/key-administration.ts";
import type { StageScope } from "../stage-scope.ts";

/** Services that publish here: CloudWatch's alarms, and EventBridge for failed builds. */
const PUBLISHERS = ["cloudwatch.amazonaws.com", "events.amazonaws.com"];

/** Where alarms go. Each address must confirm, by the mail that AWS sends it. */
export function createAlarmTopic({ stack, stage, names }: StageScope, emails: readonly string[]): SnsTopic {
  const ofThisAccount = { StringEquals: { "aws:SourceAccount": stage.account } };
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
        Principal: { Service: PUBLISHERS },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: ["*"],
        Condition: ofThisAccount,
      },
    ]),
  });
  const topic = new SnsTopic(stack, "alarm_topic", { name: names.of("Alarms", 255), kmsMasterKeyId: key.arn });
  new SnsTopicPolicy(stack, "alarm_topic_policy", {
    arn: topic.arn,
    policy: policyDocument([
      {
        Sid: "Publish",
        Effect: "Allow",
        Principal: { Service: PUBLISHERS },
        Action: ["sns:Publish"],
        Resource: [topic.arn],
        Condition: ofThisAccount,
      },
    ]),
  });
  for (const email of emails) {
    new SnsTopicSubscription(stack, `alarm_mail_${email.replaceAll(/[^A-Za-z0-9]+/g, "_")}`, {
      topicArn: topic.arn,
      protocol: "email",
      endpoint: email,
    });
  }
  return topic;
}
