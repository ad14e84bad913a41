import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Instance } from "@aws-sdk/client-ec2";

export interface MetadataService {
  readonly url: string;
  close(): void;
}

const ROLE = "worker";
const HOUR_MS = 3_600_000;

/**
 * What the agent and its clients ask of an instance's metadata, which an emulator of EC2 has not: every instance has an address of its own.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
 */
export async function serveMetadata(instance: Instance): Promise<MetadataService> {
  const { InstanceId = "", ImageId, InstanceType, InstanceLifecycle = "on-demand", Tags = [] } = instance;
  const texts: Readonly<Record<string, string | undefined>> = {
    "instance-id": InstanceId,
    "ami-id": ImageId,
    "instance-type": InstanceType,
    "instance-life-cycle": InstanceLifecycle,
    "iam/security-credentials/": ROLE,
    [`iam/security-credentials/${ROLE}`]: credentials(InstanceId),
    ...Object.fromEntries(Tags.map(({ Key, Value }) => [`tags/instance/${Key}`, Value])),
  };
  const server = createServer(({ method, url = "" }, response) => {
    if (method === "PUT") return response.end("token");
    const text = texts[decodeURIComponent(url.replace(/^\/latest\/meta-data\//, ""))];
    return response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const credentials = (instanceId: string): string =>
  JSON.stringify({
    Code: "Success",
    Type: "AWS-HMAC",
    AccessKeyId: `AKIA${instanceId.slice(2).toUpperCase()}`,
    SecretAccessKey: "secret",
    Token: "token",
    LastUpdated: new Date().toISOString(),
    Expiration: new Date(Date.now() + 6 * HOUR_MS).toISOString(),
  });
