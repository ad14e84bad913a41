import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { SFNClient } from "@aws-sdk/client-sfn";
import { afterEach, expect, test, vi } from "vitest";
import { defaultChain, patientCredentials } from "./patient-credentials.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

interface MetadataService {
  readonly silent?: number;
  /** Before each answer: a machine that is busy. */
  readonly slowMs?: number;
  readonly validMs?: number;
}

/** A machine's metadata service, which insists on tokens; the first `silent` requests for one get no answer. */
async function metadataService({ silent = 0, slowMs = 0, validMs = 3_600_000 }: MetadataService) {
  let asked = 0;
  let down: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  let failuresLeft = 0;
  const held: ServerResponse[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    await sleep(slowMs);
    // Tokens are handed out all the same: without one the SDK asks in the old way, which is a fault of its own.
    if (down !== undefined && url?.endsWith("/worker") && failuresLeft-- > 0) down(request, response);
    else if (method === "PUT") {
      asked++;
      if (asked > silent) response.end("token");
      else held.push(response);
    } else if (headers["x-aws-ec2-metadata-token"] !== "token") {
      response.statusCode = 401;
      response.end();
    } else if (url?.endsWith("/security-credentials/")) response.end("worker");
    else {
      const expiration = new Date(Date.now() + validMs).toISOString();
      response.end(JSON.stringify({ AccessKeyId: "AKIA", SecretAccessKey: "s", Token: "t", Expiration: expiration }));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  return {
    asked: () => asked,
    goDown(how: NonNullable<typeof down> = status(503), times = Number.POSITIVE_INFINITY) {
      down = how;
      failuresLeft = times;
    },
    async [Symbol.asyncDispose]() {
      for (const response of held) response.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const status =
  (code: number, body = "") =>
  (_: IncomingMessage, response: ServerResponse) =>
    response.writeHead(code).end(body);

const passing: [string, (request: IncomingMessage, response: ServerResponse) => void][] = [
  ["500", status(500)],
  ["502 of HTML", status(502, "<html><body>Bad Gateway</body></html>")],
  ["503 without a body", status(503)],
  ["reset connection", ({ socket }) => socket.resetAndDestroy()],
  ["page of HTML where credentials were asked for", status(200, "<html></html>")],
  ["answer without a body", status(200)],
];

const newChain = defaultChain("us-west-2");

test("a metadata service that once took too long is asked for a token again", async () => {
  await using service = await metadataService({ silent: 1 });
  expect(await patientCredentials(newChain)()).toMatchObject({ accessKeyId: "AKIA" });
  expect(service.asked()).toBeGreaterThan(1);
});

test("a metadata service that takes longer for each answer than the SDK gives it is waited for", async () => {
  await using service = await metadataService({ slowMs: 1200 });
  expect(await patientCredentials(newChain)()).toMatchObject({ accessKeyId: "AKIA" });
  expect(service.asked()).toBeGreaterThan(1);
});

test("a metadata service that is gone for several seconds is waited out", async () => {
  await using service = await metadataService({});
  service.goDown(status(503), 5);
  const pauses: number[] = [];
  const credentials = patientCredentials(newChain, async (ms) => pauses.push(ms));
  expect(await credentials()).toMatchObject({ accessKeyId: "AKIA" });
  expect(pauses.slice(0, 5)).toEqual([200, 500, 1000, 2000, 4000]);
});

test("credentials serve until they expire when the metadata service fails at their rotation", async () => {
  await using service = await metadataService({ validMs: 200_000 });
  const client = new SFNClient({ region: "us-west-2", credentials: patientCredentials(newChain) });
  await client.config.credentials();
  service.goDown();
  expect(await client.config.credentials()).toMatchObject({ accessKeyId: "AKIA" });
});

test.each(passing)("a %s of the metadata service is waited out", async (_, how) => {
  await using service = await metadataService({});
  service.goDown(how, 1);
  expect(await patientCredentials(newChain)()).toMatchObject({ accessKeyId: "AKIA" });
});

test.each(passing)("at a %s of the metadata service, credentials serve until they expire", async (_, how) => {
  await using service = await metadataService({ validMs: 200_000 });
  const credentials = patientCredentials(newChain);
  await credentials();
  service.goDown(how);
  expect(await credentials()).toMatchObject({ accessKeyId: "AKIA" });
});

test("credentials that have expired are not handed out", async () => {
  const answers = [{ expiration: new Date(Date.now() - 1) }];
  const chain = () => async () => {
    const answer = answers.shift();
    if (answer !== undefined) return answer;
    throw Object.assign(new Error("no answer"), { name: "CredentialsProviderError" });
  };
  const credentials = patientCredentials(chain, async () => {});
  await credentials();
  await expect(credentials()).rejects.toThrow("no answer");
});

test("any other error is not waited out", async () => {
  const chain = () => async () => {
    throw new RangeError("no such profile");
  };
  await expect(patientCredentials(chain)()).rejects.toThrow("no such profile");
});
