import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { S3Client } from "@aws-sdk/client-s3";
import { SFNClient, type SFNClientConfig } from "@aws-sdk/client-sfn";
import { defaultChain, patientCredentials } from "./patient-credentials.ts";
import { createRequestHandler } from "./request-handler.ts";

/** Clients of AWS. All but the one that polls are loaded when they are first needed: a worker's first poll does not wait for them. */
export interface AwsClients {
  readonly sfn: SFNClient;
  readonly s3: () => Promise<S3Client>;
  readonly logs: () => Promise<CloudWatchLogsClient>;
  readonly ec2: () => Promise<EC2Client>;
  destroy(): void;
}

export interface ClientsOptions extends Pick<SFNClientConfig, "endpoint" | "credentials"> {
  readonly region: string;
  /** Buckets in the path, for an endpoint whose host name has no room for them. */
  readonly forcePathStyle: boolean;
  /** How long a connection may be silent before its call is given up. */
  readonly silentMs?: number;
}

/** Clients that share one memoised source of credentials: the SDK's default chain, unless the options name another. */
export function createClients({ forcePathStyle, silentMs, ...options }: ClientsOptions): AwsClients {
  const handler = createRequestHandler(silentMs);
  const fromChain = patientCredentials(defaultChain(options.region));
  const config = { ...options, credentials: options.credentials ?? fromChain };
  const sfn = new SFNClient({ ...config, requestHandler: handler });
  const shared = { ...config, credentials: sfn.config.credentials, requestHandler: handler };
  return {
    sfn,
    s3: lazily(async () => (await import("./s3-client.ts")).createS3Client({ ...shared, forcePathStyle })),
    logs: lazily(async () => (await import("./logs-client.ts")).createLogsClient(shared)),
    ec2: lazily(async () => (await import("./ec2-client.ts")).createEc2Client(shared)),
    destroy: () => handler.destroy(),
  };
}

/**
 * Creates when it is first asked. Loading goes by modules of our own, which import the SDK's statically: Node 22 has been seen to answer
 * `import()` of a large CommonJS module with an empty namespace.
 */
export function lazily<T>(create: () => Promise<T>): () => Promise<T> {
  let created: Promise<T> | undefined;
  return () => {
    created ??= create();
    return created;
  };
}
