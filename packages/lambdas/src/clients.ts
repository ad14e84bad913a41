import type { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { SFNClient } from "@aws-sdk/client-sfn";

/** All that the functions ask of the outside; each names what it uses, so that its bundle holds nothing else. */
export interface Clients {
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly cloudfront: CloudFrontClient;
  readonly serviceQuotas: ServiceQuotasClient;
}
export type ClientName = keyof Clients;
