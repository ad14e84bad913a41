import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { recordedDiagnostics } from "../../testing/worker-in-process.ts";
import { watchForSpotNotice } from "../agent/spot-notice.ts";
import { stopSwitch } from "../agent/stop-worker.ts";
import type { Clock } from "../clock.ts";
import { realClock } from "../clock.ts";
import { readIdentity } from "./instance-identity.ts";
import { instanceMetadata } from "./instance-metadata.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const status =
  (code: number, body = ""): Answer =>
  (_, response) =>
    response.writeHead(code).end(body);

const outages: [string, Answer][] = [
  ["500", status(500)],
  ["502 of HTML", status(502, "<html></html>")],
  ["503 without a body", status(503)],
  ["403", status(403)],
  ["reset connection", ({ socket }) => socket.resetAndDestroy()],
  ["time-out", () => {}],
];

/** A metadata service that answers the first `failures` requests for anything but a token so. */
async function brokenService(answer: Answer, failures: number) {
  let left = failures;
  const server = createServer((request, response) => {
    if (request.method === "PUT") response.end("token");
    else if (left-- > 0) answer(request, response);
    else if (request.url?.includes("spot/")) response.writeHead(404).end();
    else response.end(request.url?.split("/").at(-1));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failed: () => failures - left,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Waits of seconds are over at once. */
const hurriedClock: Clock = { now: realClock.now, at: (_, callback) => realClock.at(0, callback) };

test.each(outages)("a %s has not seen that there is no such metadata", async (_, answer) => {
  await using service = await brokenService(answer, 1);
  const metadata = instanceMetadata(service.url);
  await expect(metadata.read("meta-data/spot/instance-action")).rejects.toThrow();
  expect(await metadata.read("meta-data/spot/instance-action")).toBeUndefined();
});

test.each(outages)("a machine finds out who it is after a %s", async (_, answer) => {
  await using service = await brokenService(answer, 5);
  const options = { clock: hurriedClock, diagnostics: recordedDiagnostics() };
  const identity = await readIdentity(instanceMetadata(service.url), options);
  expect(identity.instanceId).toBe("instance-id");
});

test.each(outages)("a %s is no spot notice, and the next look is made", async (_, answer) => {
  await using service = await brokenService(answer, 2);
  const stop = stopSwitch();
  const diagnostics = recordedDiagnostics();
  watchForSpotNotice({ metadata: instanceMetadata(service.url), stop, clock: hurriedClock, diagnostics });
  await expect.poll(() => service.failed(), { timeout: 10_000 }).toBeGreaterThan(2);
  expect([stop.signal.aborted, diagnostics.messages.length]).toEqual([false, 2]);
  stop.stop({ why: "the test is over" });
});
