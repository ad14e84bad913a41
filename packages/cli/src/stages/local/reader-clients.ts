import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { ClientConfig } from "@muster/local";
import { HistoryProtocol } from "../history-protocol.ts";

/** In process or, without a request handler, over the endpoint's socket. */
export type LocalClientConfig = Omit<ClientConfig, "requestHandler"> & Partial<Pick<ClientConfig, "requestHandler">>;

/** Clients for what commands ask of a stage themselves. */
export function readerClients(config: LocalClientConfig) {
  return {
    sfn: new SFNClient({ ...config, protocol: HistoryProtocol }),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    logs: new CloudWatchLogsClient(config),
  };
}
