import type { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { SNSClient } from "@aws-sdk/client-sns";

/** All that the functions ask of the outside; each names what it uses, so that its bundle holds nothing else. */
export interface Clients {
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly cloudfront: CloudFrontClient;
  readonly serviceQuotas: ServiceQuotasClient;
  readonly secretsManager: SecretsManagerClient;
  readonly sns: SNSClient;
}
export type ClientName = keyof Clients;
