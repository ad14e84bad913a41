import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import type { FunctionName } from "@muster/pipeline";
import { toldHere } from "../notifications/told-here.ts";
import type { StageScope } from "../stage-scope.ts";
import type { StageFunction } from "./functions.ts";

/**
 * What happens to machines and builds reaches Repair at once. An event that is lost is made up for by the next health check, so there is no queue
 * for those that cannot be delivered. A build's end reaches KeepPage too, and Notify where the stage tells anybody.
 */
export function createEvents(
  scope: StageScope,
  { Repair, KeepPage, Notify }: Readonly<Record<FunctionName, StageFunction>>,
): void {
  const { stack, names } = scope;
  for (const [id, { description, pattern }] of Object.entries(events(scope))) {
    const rule = new CloudwatchEventRule(stack, id, {
      name: names.of(id, 64),
      description,
      eventPattern: JSON.stringify(pattern),
    });
    const reaches = (prefix: string, { lambda, alias }: StageFunction, targetId: string) => {
      new CloudwatchEventTarget(stack, `${prefix}_target`, { rule: rule.name, targetId, arn: alias.arn });
      new LambdaPermission(stack, `${prefix}_permission`, {
        statementId: prefix,
        action: "lambda:InvokeFunction",
        functionName: lambda.functionName,
        qualifier: alias.name,
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      });
    };
    reaches(id, Repair, "repair");
    if (id === "BuildEnded") reaches(`${id}_page`, KeepPage, "page");
    if (id === "BuildEnded" && toldHere(scope).length > 0) reaches(`${id}_notify`, Notify, "notify");
  }
}

function events({ names }: StageScope) {
  return {
    MachineStopped: {
      description: "A machine of this account stops: give its task to another",
      // The event has no tags: Repair looks whether the machine is one of this stage's.
      pattern: {
        source: ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        detail: { state: ["shutting-down", "stopping", "stopped", "terminated"] },
      },
    },
    SpotNotice: {
      description: "A spot instance has two minutes left: launch another for its task",
      pattern: { source: ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"] },
    },
    BuildEnded: {
      description: "A build has ended: keep its page, drop the records that only a running one needs",
      pattern: {
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { stateMachineArn: [names.stateMachineArn], status: ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] },
      },
    },
  };
}
