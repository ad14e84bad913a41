import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { TerraformOutput } from "cdktf";
import { policyDocument } from "../iam/policy.ts";
import { IAM_PATH } from "../iam/role.ts";
import type { StageScope } from "../stage-scope.ts";
import { toldHere, topicName } from "./told-here.ts";

/** Topics that the pipeline names and that nobody else has made. Who subscribes is the affair of whoever operates the stage. */
export function createTopics(scope: StageScope): void {
  for (const notification of toldHere(scope)) {
    if (notification.kind !== "sns" || notification.topic !== undefined) continue;
    const id = `told_${notification.name.replaceAll("-", "_")}`;
    const topic = new SnsTopic(scope.stack, id, {
      name: topicName(notification, scope),
      // AWS's own key: whoever in the account may publish may use it, by SNS. @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
      kmsMasterKeyId: "alias/aws/sns",
    });
    // In the place of the policy that SNS gives a topic, by which whoever is of the account may publish: readers believe what is told there.
    new SnsTopicPolicy(scope.stack, `${id}_policy`, {
      arn: topic.arn,
      policy: policyDocument([
        {
          Sid: "NotifyAlone",
          Effect: "Deny",
          Principal: "*",
          Action: ["sns:Publish"],
          Resource: [topic.arn],
          Condition: { ArnNotEquals: { "aws:PrincipalArn": notifierArn(scope) } },
        },
      ]),
    });
    new TerraformOutput(scope.stack, `${id}_topic_arn`, {
      value: topic.arn,
      description: `Is told that builds have ended: subscribe to it`,
    });
  }
}

const notifierArn = ({ names }: StageScope): string =>
  names.arn("iam", `role${IAM_PATH}${names.lambda("Notify")}`, { region: "" });
