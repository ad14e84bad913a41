import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchText } from "./fetch-text.ts";

const s3 = new S3Client({ region: "us-west-2" });
const server = createServer(({ url }, response) => {
  response.statusCode = url === "/list" ? 200 : url === "/gone" ? 404 : 503;
  response.end("debian-12-bookworm\n");
});
let address = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

test("a text is fetched from a server", async () => {
  expect(await fetchText(`${address}/list`, s3)).toBe("debian-12-bookworm\n");
});

test("what is not there is the input's fault, what is broken is worth a retry", async () => {
  await expect(fetchText(`${address}/gone`, s3)).rejects.toMatchObject({ name: "Muster.InvalidInput" });
  await expect(fetchText(`${address}/broken`, s3)).rejects.toMatchObject({
    name: "Error",
    message: expect.stringContaining("503"),
  });
});

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
  ["500", (_, response) => response.writeHead(500).end()],
  ["502 of HTML", (_, response) => response.writeHead(502, { "content-type": "text/html" }).end("<html></html>")],
  ["503 without a body", (_, response) => response.writeHead(503).end()],
  ["403", (_, response) => response.writeHead(403).end()],
  ["reset connection", ({ socket }) => socket.resetAndDestroy()],
  ["connection that breaks in the text", (_, response) => response.write("debian", () => response.destroy())],
])("a %s is worth a retry, and says nothing of the input", async (_, answer) => {
  const broken = createServer(answer);
  await new Promise<void>((resolve) => broken.listen(0, "127.0.0.1", resolve));
  const failed = fetchText(`http://127.0.0.1:${(broken.address() as AddressInfo).port}/list`, s3);
  await expect(failed).rejects.toMatchObject({ name: expect.not.stringMatching(/^Muster\./) });
  broken.closeAllConnections();
  await new Promise<void>((resolve) => void broken.close(() => resolve()));
});

test("a host that DNS does not know is told by name", async () => {
  await expect(fetchText("https://lists.invalid/x", s3)).rejects.toThrow(/cannot be reached: .*lists\.invalid/);
});

test("an address where nobody answers is named, with the reason", async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/list`;
  await new Promise<void>((resolve) => void silent.close(() => resolve()));
  await expect(fetchText(url, s3)).rejects.toThrow(new RegExp(`^${url} cannot be reached: .*ECONNREFUSED`));
});

test("a text is read from a file, and a missing file is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-fetch-"));
  try {
    const url = pathToFileURL(join(folder, "list")).href;
    await expect(fetchText(url, s3)).rejects.toThrow(`there is nothing at ${url}`);
    await writeFile(new URL(url), "a\n");
    expect(await fetchText(url, s3)).toBe("a\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});
