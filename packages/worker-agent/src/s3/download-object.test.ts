import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { createRequestHandler } from "../aws/request-handler.ts";
import { createS3Client } from "../aws/s3-client.ts";
import { downloadObject, readObject } from "./download-object.ts";

/** More than a busy machine lets this process wait for a processor. */
const SILENT_MS = 1500;
const OBJECT = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-download-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** An S3 that sends so many bytes of what is asked for, and then does as a test says. */
async function brokenS3({ bytes, next, etag = () => '"1"' }: BrokenS3) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { range = "", "if-match": ifMatch } = request.headers;
    asked.push(range);
    if (ifMatch !== undefined && ifMatch !== etag()) return response.writeHead(412).end();
    const from = Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
    const rest = OBJECT.subarray(from);
    response.writeHead(range === "" ? 200 : 206, {
      etag: etag(),
      "content-length": rest.length,
      ...(range !== "" && { "content-range": `bytes ${from}-${OBJECT.length - 1}/${OBJECT.length}` }),
    });
    const part = rest.subarray(0, bytes);
    response.write(part, () =>
      setTimeout(() => (part.length < rest.length ? next(request, response) : response.end()), 20),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const s3 = createS3Client({
    region: "us-west-2",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    forcePathStyle: true,
    requestHandler: createRequestHandler(SILENT_MS),
  });
  return { s3, asked };
}

interface BrokenS3 {
  readonly bytes: number;
  readonly next: (request: IncomingMessage, response: ServerResponse) => void;
  readonly etag?: () => string;
}

const place = { bucket: "b", key: "k" };
const breakOff = ({ socket }: IncomingMessage) => socket.resetAndDestroy();

test.each([
  ["breaks off", breakOff],
  ["falls silent", () => {}],
])("a download whose connection %s goes on where it was", async (_, next) => {
  const { s3, asked } = await brokenS3({ bytes: 120_000, next });
  await downloadObject(s3, place, join(folder, "file"));
  expect((await readFile(join(folder, "file"))).equals(OBJECT)).toBe(true);
  expect(asked).toEqual(["", "bytes=120000-", "bytes=240000-"]);
});

test.each([
  ["stays", Number.POSITIVE_INFINITY],
  ["breaks off besides", 120_000],
])("a reader that rests longer than a connection may be silent gets all, while it %s", async (_, bytes) => {
  const { s3, asked } = await brokenS3({ bytes, next: breakOff });
  const read: Buffer[] = [];
  for await (const part of readObject(s3, place)) {
    if (read.push(part) <= 2) await rest(SILENT_MS * 1.5);
  }
  expect(Buffer.concat(read).equals(OBJECT)).toBe(true);
  expect(asked.length, "connections").toBeGreaterThan(1);
});

test("a download does not mix two versions of its object, and leaves nothing behind", async () => {
  let version = 1;
  const { s3 } = await brokenS3({
    bytes: 120_000,
    next(request) {
      version++;
      breakOff(request);
    },
    etag: () => `"${version}"`,
  });
  await expect(downloadObject(s3, place, join(folder, "file"))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 412 },
  });
  expect(await readdir(folder)).toEqual([]);
});

test("a download whose connections bring nothing is given up", async () => {
  const { s3, asked } = await brokenS3({ bytes: 0, next: breakOff });
  await expect(downloadObject(s3, place, join(folder, "file"))).rejects.toThrow();
  expect(asked).toHaveLength(5);
  expect(await readdir(folder)).toEqual([]);
});
