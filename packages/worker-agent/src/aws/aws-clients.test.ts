import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetActivityTaskCommand, SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { expect, onTestFinished, test } from "vitest";
import { type AwsClients, createClients } from "./aws-clients.ts";
import { LONG_POLL_SOCKET_MS } from "./request-handler.ts";

/** An endpoint that takes whatever comes, and never says a word: a network that has lost its way back. */
async function silentEndpoint() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}).resume());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const activityArn = "arn:aws:states:us-west-2:000000000000:activity:x";
const stream = { logGroupName: "g", logStreamName: "s", logEvents: [{ timestamp: 1, message: "m" }] };

test.each<[string, (clients: AwsClients) => Promise<unknown>]>([
  ["a poll", ({ sfn }) => sfn.send(new GetActivityTaskCommand({ activityArn }))],
  ["a report", ({ sfn }) => sfn.send(new SendTaskSuccessCommand({ taskToken: "t", output: "{}" }))],
  ["PutLogEvents", async ({ logs }) => (await logs()).send(new PutLogEventsCommand(stream))],
  ["an upload", async ({ s3 }) => (await s3()).send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "x" }))],
])("%s that is never answered ends with an error", async (_, call) => {
  const clients = createClients({
    region: "us-west-2",
    endpoint: await silentEndpoint(),
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    forcePathStyle: true,
    silentMs: 200,
  });
  await expect(call(clients)).rejects.toMatchObject({ name: "TimeoutError" });
  clients.destroy();
});

test("a long poll has its minute, and is not taken for a dead one", () => {
  expect(LONG_POLL_SOCKET_MS).toBeGreaterThanOrEqual(65_000);
});
