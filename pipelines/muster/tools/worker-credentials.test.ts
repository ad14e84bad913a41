import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { workerCredentials } from "./worker-credentials.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a metadata service that once took too long is asked for a token again", async () => {
  const held: ServerResponse[] = [];
  const server = createServer(({ method, url, headers }, response) => {
    if (method === "PUT" && held.length === 0) held.push(response);
    else if (method === "PUT") response.end("token");
    else if (headers["x-aws-ec2-metadata-token"] !== "token") response.writeHead(401).end();
    else if (url?.endsWith("/security-credentials/")) response.end("worker");
    else {
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(JSON.stringify({ AccessKeyId: "AKIA", SecretAccessKey: "s", Token: "t", Expiration }));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "us-west-2");
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  try {
    expect(await workerCredentials()).toMatchObject({ accessKeyId: "AKIA" });
    expect(held).toHaveLength(1);
  } finally {
    for (const response of held) response.destroy();
    server.close();
    await once(server, "close");
  }
});
