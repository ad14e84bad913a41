import type { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { CloudwatchLogDelivery } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery/index.js";
import { CloudwatchLogDeliveryDestination } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-destination/index.js";
import { CloudwatchLogDeliverySource } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-source/index.js";
import type { Statement } from "../iam/policy.ts";
import type { StageScope } from "../stage-scope.ts";
import type { PrivateBucket } from "../storage/private-bucket.ts";

/** CloudFront is no region's; its logs are set up in this one. */
const REGION = "us-east-1";
const PREFIX = "edge";

/** Who downloaded what, into the log bucket. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html */
export function createAccessLog(
  { stack, names }: StageScope,
  { distribution, logs }: { distribution: CloudfrontDistribution; logs: PrivateBucket },
): void {
  const source = new CloudwatchLogDeliverySource(stack, "edge_log_source", {
    region: REGION,
    name: names.of("Edge", 60),
    logType: "ACCESS_LOGS",
    resourceArn: distribution.arn,
  });
  const destination = new CloudwatchLogDeliveryDestination(stack, "edge_log_destination", {
    region: REGION,
    name: names.of("Edge", 60),
    outputFormat: "json",
    deliveryDestinationConfiguration: [{ destinationResourceArn: `${logs.bucket.arn}/${PREFIX}` }],
    dependsOn: [logs.policy],
  });
  new CloudwatchLogDelivery(stack, "edge_log", {
    region: REGION,
    deliverySourceName: source.name,
    deliveryDestinationArn: destination.arn,
    s3DeliveryConfiguration: [{ suffixPath: "{yyyy}/{MM}/{dd}/", enableHiveCompatiblePath: false }],
  });
}

/** Lets the delivery write, and nobody in its name from elsewhere. */
export function edgeLogWriters({ stage, names }: StageScope): Statement[] {
  if (stage.edge === null) return [];
  return [
    {
      Sid: "EdgeLogDelivery",
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: [`${names.bucketArn("logs")}/${PREFIX}/*`],
      Condition: {
        StringEquals: { "aws:SourceAccount": stage.account, "s3:x-amz-acl": "bucket-owner-full-control" },
        ArnLike: { "aws:SourceArn": names.arn("logs", "delivery-source:*", { region: REGION }) },
      },
    },
  ];
}
