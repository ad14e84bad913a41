import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { TerraformOutput } from "cdktf";
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
    new TerraformOutput(scope.stack, `${id}_topic_arn`, {
      value: topic.arn,
      description: `Is told that builds have ended: subscribe to it`,
    });
  }
}
