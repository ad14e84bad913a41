import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { workerCredentials } from "./worker-credentials.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A machine's metadata service, which insists on tokens; what it answers the first requests for a token and for credentials, a test may say. */
async function metadataService({ token, credentials }: { token?: FirstAnswer; credentials?: FirstAnswer }) {
  const first = { token, credentials };
  const held: ServerResponse[] = [];
  const firstly = (what: keyof typeof first, response: ServerResponse) => {
    const answer = first[what];
    delete first[what];
    if (answer === "none") held.push(response);
    else if (answer !== undefined) response.end(answer);
    return answer !== undefined;
  };
  const server = createServer(({ method, url, headers }, response) => {
    if (method === "PUT") firstly("token", response) || response.end("token");
    else if (headers["x-aws-ec2-metadata-token"] !== "token") response.writeHead(401).end();
    else if (url?.endsWith("/security-credentials/")) response.end("worker");
    else if (!firstly("credentials", response)) {
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(JSON.stringify({ AccessKeyId: "AKIA", SecretAccessKey: "s", Token: "t", Expiration }));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "us-west-2");
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  return {
    held,
    async [Symbol.asyncDispose]() {
      for (const response of held) response.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A body, or no answer at all. */
type FirstAnswer = string | "none";

test("a metadata service that once took too long is asked for a token again", async () => {
  await using service = await metadataService({ token: "none" });
  expect(await workerCredentials()).toMatchObject({ accessKeyId: "AKIA" });
  expect(service.held).toHaveLength(1);
});

test.each(["<html></html>", ""])("credentials that come as %j are asked for again", async (credentials) => {
  await using _ = await metadataService({ credentials });
  expect(await workerCredentials()).toMatchObject({ accessKeyId: "AKIA" });
});
