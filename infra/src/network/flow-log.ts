import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log/index.js";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { ANY, allow } from "../iam/policy.ts";
import { createRole } from "../iam/role.ts";
import type { StageScope } from "../stage-scope.ts";

/**
 * Refused connections of the network: what a worker tried in vain, and who tried to reach it. Accepted ones are each download of each build, and
 * tell little.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export function createFlowLog(scope: StageScope, vpc: Vpc): void {
  const { stack, stage, names } = scope;
  const name = `/muster/${stage.name}/network`;
  const group = new CloudwatchLogGroup(stack, "flow_log_group", { name, retentionInDays: stage.retention.logDays });
  const { role, policy } = createRole(scope, "flow_log", {
    name: names.of("FlowLog"),
    description: "Writes the network's flow log",
    service: "vpc-flow-logs.amazonaws.com",
    onlyThisAccount: true,
    statements: [
      allow(
        "WriteFlowLog",
        ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        [names.arn("logs", `log-group:${name}:*`)],
      ),
      // Listing groups names no group. The group is there already: nothing has to be allowed to make it.
      allow("FindFlowLogGroup", ["logs:DescribeLogGroups"], ANY),
    ],
  });
  new FlowLog(stack, "flow_log", {
    vpcId: vpc.id,
    trafficType: "REJECT",
    logDestinationType: "cloud-watch-logs",
    logDestination: group.arn,
    iamRoleArn: role.arn,
    maxAggregationInterval: 60,
    // EC2 tries the role as the flow log is created.
    dependsOn: [policy],
    tags: { Name: names.of("Network", 255) },
  });
}
