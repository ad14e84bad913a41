import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SFNClient } from "@aws-sdk/client-sfn";
import { afterEach, expect, test, vi } from "vitest";
import { patientCredentials } from "./patient-credentials.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A machine's metadata service, which insists on tokens; the first `silent` requests for one get no answer. */
async function metadataService({ silent }: { silent: number }) {
  let asked = 0;
  const held: ServerResponse[] = [];
  const server = createServer(({ method, url, headers }, response) => {
    if (method === "PUT") {
      asked++;
      if (asked > silent) response.end("token");
      else held.push(response);
    } else if (headers["x-aws-ec2-metadata-token"] !== "token") {
      response.statusCode = 401;
      response.end();
    } else if (url?.endsWith("/security-credentials/")) response.end("worker");
    else {
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(JSON.stringify({ AccessKeyId: "AKIA", SecretAccessKey: "s", Token: "t", Expiration: expiration }));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  return {
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      for (const response of held) response.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const newChain = () => new SFNClient({ region: "us-west-2" }).config.credentials;

test("a metadata service that once took too long is asked for a token again", async () => {
  await using service = await metadataService({ silent: 1 });
  expect(await patientCredentials(newChain)()).toMatchObject({ accessKeyId: "AKIA" });
  expect(service.asked()).toBe(2);
});

test("any other error is not waited out", async () => {
  const chain = () => async () => {
    throw new RangeError("no such profile");
  };
  await expect(patientCredentials(chain)()).rejects.toThrow("no such profile");
});
