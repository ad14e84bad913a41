import type { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { CloudwatchLogDelivery } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery/index.js";
import { CloudwatchLogDeliveryDestination } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-destination/index.js";
import { CloudwatchLogDeliverySource } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-source/index.js";
import type { Statement } from "../iam/policy.ts";
import type { ResourceNames, StageScope } from "../stage-scope.ts";
import type { PrivateBucket } from "../storage/private-bucket.ts";

/** CloudFront is no region's; its logs are set up in this one. */
const REGION = "us-east-1";
/**
 * Names the folder in the destination: with a prefix there, CloudFront puts no `AWSLogs/<account>/CloudFront/` of its own before the suffix path, which
 * the provider of these bindings, the last there are, loses when the suffix changes.
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/46328
 */
const PREFIX = "edge";

const sourceName = (names: ResourceNames): string => names.of("Edge", 60);

/** Who downloaded what, into the log bucket. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html */
export function createAccessLog(
  { stack, names }: StageScope,
  { distribution, logs }: { distribution: CloudfrontDistribution; logs: PrivateBucket },
): void {
  const source = new CloudwatchLogDeliverySource(stack, "edge_log_source", {
    region: REGION,
    name: sourceName(names),
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

/**
 * Lets the delivery write, and nobody in its name from elsewhere. Who sets up a delivery adds this statement to the bucket's policy, unless it is there;
 * it is what AWS adds, so that the policy stays as it is written here.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
 */
export function edgeLogWriters({ stage, names }: StageScope): Statement[] {
  if (stage.edge === null) return [];
  return [
    {
      Sid: "AWSLogDeliveryWrite1",
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: [`${names.bucketArn("logs")}/${PREFIX}/*`],
      Condition: {
        StringEquals: { "aws:SourceAccount": stage.account, "s3:x-amz-acl": "bucket-owner-full-control" },
        ArnLike: {
          "aws:SourceArn": names.arn("logs", `delivery-source:${sourceName(names)}`, { region: REGION }),
        },
      },
    },
  ];
}
