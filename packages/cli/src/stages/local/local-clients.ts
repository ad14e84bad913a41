import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { type LocalClientConfig, readerClients } from "./reader-clients.ts";

/** Clients for all that Muster asks of AWS. */
export function localClients(config: LocalClientConfig) {
  return {
    ...readerClients(config),
    ec2: new EC2Client(config),
    events: new EventBridgeClient(config),
    cloudfront: new CloudFrontClient(config),
    serviceQuotas: new ServiceQuotasClient(config),
  };
}
