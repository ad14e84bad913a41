import { CloudFrontClient, CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateLaunchTemplateCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateActivityCommand, CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { LocalAws } from "../src/local-aws.ts";

/** One of each thing, named `x` where a name is free: what a request that is wrongly let through could change. */
export async function seedState(aws: LocalAws): Promise<void> {
  const config = { ...aws.clientConfig(), maxAttempts: 1 };
  const states = new SFNClient(config);
  await states.send(new CreateActivityCommand({ name: "x" }));
  await states.send(
    new CreateStateMachineCommand({
      name: "x",
      roleArn: "arn:aws:iam::000000000000:role/x",
      definition: JSON.stringify({ StartAt: "S", States: { S: { Type: "Succeed" } } }),
    }),
  );
  const logs = new CloudWatchLogsClient(config);
  await logs.send(new CreateLogGroupCommand({ logGroupName: "x" }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: "x", logStreamName: "x" }));
  const events = new EventBridgeClient(config);
  await events.send(new PutRuleCommand({ Name: "x", ScheduleExpression: "rate(1 hour)" }));
  const Arn = `arn:aws:lambda:${aws.region}:${aws.accountId}:function:x`;
  await events.send(new PutTargetsCommand({ Rule: "x", Targets: [{ Id: "x", Arn }] }));
  await new SSMClient(config).send(new PutParameterCommand({ Name: "x", Value: "x", Type: "String" }));
  await new CloudWatchClient(config).send(
    new PutMetricDataCommand({ Namespace: "x", MetricData: [{ MetricName: "x", Value: 1 }] }),
  );
  await new CloudFrontClient(config).send(
    new CreateInvalidationCommand({
      DistributionId: "E1SEED",
      InvalidationBatch: { CallerReference: "x", Paths: { Quantity: 1, Items: ["/x"] } },
    }),
  );
  const ec2 = new EC2Client(config);
  const ImageId = "ami-12345678";
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "xxx", LaunchTemplateData: { ImageId } }));
  await ec2.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }));
}
