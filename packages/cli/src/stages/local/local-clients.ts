import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { ClientConfig } from "@muster/local";
import { HistoryProtocol } from "../history-protocol.ts";
import type { Stage } from "../stage.ts";

/** Clients for all that Muster asks of AWS. */
export function localClients(config: ClientConfig) {
  return {
    sfn: new SFNClient({ ...config, protocol: HistoryProtocol }),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    logs: new CloudWatchLogsClient(config),
    ec2: new EC2Client(config),
    events: new EventBridgeClient(config),
    cloudfront: new CloudFrontClient(config),
    serviceQuotas: new ServiceQuotasClient(config),
  };
}

type ReaderClients = Pick<Stage, "sfn" | "s3" | "logs" | "ec2">;

/** Those of them that commands ask for, which are there already. */
export const clientsAtHand = ({
  sfn,
  s3,
  logs,
  ec2,
}: Pick<ReturnType<typeof localClients>, keyof ReaderClients>): ReaderClients => ({
  sfn,
  s3: async () => s3,
  logs: async () => logs,
  ec2: async () => ec2,
});
