import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { ClientConfig } from "@muster/local";
import { unsigned } from "./unsigned.ts";
import { virtualRetries } from "./virtual-retries.ts";

type Scope = Parameters<typeof unsigned>[1];

/** What hashes and headers cost, and nobody here would look at. */
const PLAIN = {
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
  defaultUserAgentProvider: async () => [],
} as const;

/** For one client: its retries wait in the world's time. */
const configFor = (config: ClientConfig, scope: Scope) => ({
  ...config,
  ...PLAIN,
  retryStrategy: virtualRetries,
  signer: unsigned(config, scope),
});

/** The SDK's own clients, of whoever has this configuration. */
export const sdkClients = (config: ClientConfig) => ({
  s3: new S3Client({ ...configFor(config, "s3"), forcePathStyle: true }),
  sfn: new SFNClient(configFor(config, "states")),
  ec2: new EC2Client(configFor(config, "ec2")),
  logs: new CloudWatchLogsClient(configFor(config, "logs")),
});

/** And those that only deployments and functions need. */
export const moreSdkClients = (config: ClientConfig) => ({
  events: new EventBridgeClient(configFor(config, "events")),
  cloudfront: new CloudFrontClient(configFor(config, "cloudfront")),
  serviceQuotas: new ServiceQuotasClient(configFor(config, "servicequotas")),
});
