import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { ClientConfig } from "@muster/local";
import { onShortWay } from "./short-way.ts";
import { virtualRetries } from "./virtual-retries.ts";

/** What hashes and headers cost, and nobody here would look at. */
const PLAIN = {
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
  defaultUserAgentProvider: async () => [],
  cacheMiddleware: true,
} as const;

/** For one client: its retries wait in the world's time. */
const configFor = (config: ClientConfig) => ({ ...config, ...PLAIN, retryStrategy: virtualRetries });

/** The SDK's own clients, of whoever has this configuration. */
export const sdkClients = (config: ClientConfig) => ({
  s3: onShortWay(new S3Client({ ...configFor(config), forcePathStyle: true }), config, "s3"),
  sfn: onShortWay(new SFNClient(configFor(config)), config, "states"),
  ec2: onShortWay(new EC2Client(configFor(config)), config, "ec2"),
  logs: onShortWay(new CloudWatchLogsClient(configFor(config)), config, "logs"),
});

/** And those that only deployments and functions need. */
export const moreSdkClients = (config: ClientConfig) => ({
  events: onShortWay(new EventBridgeClient(configFor(config)), config, "events"),
  cloudfront: onShortWay(new CloudFrontClient(configFor(config)), config, "cloudfront"),
  serviceQuotas: onShortWay(new ServiceQuotasClient(configFor(config)), config, "servicequotas"),
});
