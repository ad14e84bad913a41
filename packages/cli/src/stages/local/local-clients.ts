import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { ClientConfig } from "@muster/local";

/** Clients for all that Muster asks of AWS, in process or, without a request handler, over the endpoint's socket. */
export function localClients(
  config: Omit<ClientConfig, "requestHandler"> & Partial<Pick<ClientConfig, "requestHandler">>,
) {
  return {
    sfn: new SFNClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    ec2: new EC2Client(config),
    logs: new CloudWatchLogsClient(config),
    events: new EventBridgeClient(config),
    cloudfront: new CloudFrontClient(config),
    serviceQuotas: new ServiceQuotasClient(config),
  };
}
