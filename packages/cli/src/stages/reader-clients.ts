import { SFNClient, type SFNClientConfig } from "@aws-sdk/client-sfn";
import { HistoryProtocol } from "./history-protocol.ts";
import { lateClient } from "./late-client.ts";
import type { Stage } from "./stage.ts";

type ReaderConfig = Pick<SFNClientConfig, "region" | "endpoint" | "credentials" | "requestHandler" | "maxAttempts">;

/** Clients for what commands ask of a stage themselves. `close` lets go of those that were made. */
export function readerClients(
  config: ReaderConfig,
  { forcePathStyle = false } = {},
): Pick<Stage, "sfn" | "s3" | "logs" | "ec2" | "close"> {
  const sfn = new SFNClient({ ...config, protocol: HistoryProtocol });
  const s3 = lateClient(async () => {
    const { S3Client } = await import("./clients/s3-client.ts");
    return new S3Client({ ...config, forcePathStyle });
  });
  const logs = lateClient(async () => {
    const { CloudWatchLogsClient } = await import("./clients/cloudwatch-logs-client.ts");
    return new CloudWatchLogsClient(config);
  });
  const ec2 = lateClient(async () => new (await import("./clients/ec2-client.ts")).EC2Client(config));
  return {
    sfn,
    s3: s3.get,
    logs: logs.get,
    ec2: ec2.get,
    async close() {
      sfn.destroy();
      for (const client of [s3, logs, ec2]) await client.close();
    },
  };
}
