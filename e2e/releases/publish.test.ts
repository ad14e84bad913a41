import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot } from "./chroots.ts";
import { createReleaseRepository, lacking, pipelineText, type ReleaseRepository, run } from "./release-repository.ts";

const missing = await lacking("buildah", "curl", "docker-registry", "git", "jq", "skopeo");
if (!isRoot) missing.push("root");
if (missing.length > 0) console.log(`images and announcements are not tried: there is no ${missing.join(", ")}`);

/** A chat that takes messages, once it is told to. */
async function startChat() {
  const messages: unknown[] = [];
  const chat = { messages, isOpen: false, url: "" };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      if (chat.isOpen) messages.push(JSON.parse(body));
      response.writeHead(chat.isOpen ? 200 : 404).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  chat.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { chat, close: () => server.close() };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

let repository: ReleaseRepository;
let registry: ChildProcess;
let registryPort: number;
let web: Awaited<ReturnType<typeof startChat>>;

const pipeline = () =>
  pipelineText({
    name: "page",
    platforms: ["debian-12-bookworm"],
    imports: "announcement, containerImage, sourceTarball",
    values: 'const page: Program = { name: "page" };',
    flow: `sequence(
    forEachVersion(
      sourceTarball(page),
      containerImage(page, {
        repository: "127.0.0.1:${registryPort}/example/page",
        tags: (version) => [version, "latest"],
        architectures: ["linux/amd64", "linux/arm64"],
      }),
    ),
    announcement(page, { text: (version) => \`page "\${version}" is out\`, url: "${web.chat.url}" }),
  )`,
  });

describe.skipIf(missing.length > 0)("an image and an announcement", () => {
  beforeAll(async () => {
    repository = await createReleaseRepository("page");
    registryPort = await freePort();
    web = await startChat();
    const config = await repository.write(
      ".muster/registry.yml",
      `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${repository.dir}/.muster/registry\n` +
        `http:\n  addr: 127.0.0.1:${registryPort}\n`,
    );
    registry = spawn("docker-registry", ["serve", config], { stdio: "ignore" });
    await repository.write("index.html", "<h1>hello</h1>\n");
    await repository.write("Containerfile", "FROM scratch\nARG VERSION\nLABEL version=$VERSION\nCOPY index.html /\n");
    await repository.write("release/pipeline.ts", pipeline());
    await repository.tag("1.0.0", "1.1.0");
  });
  afterAll(async () => {
    registry?.kill();
    web?.close();
    await repository?.[Symbol.asyncDispose]();
  });

  test("images of all architectures are pushed under each tag; an announcement that nobody takes fails by name", async () => {
    const { exitCode, output } = await repository.build("1.0.0", "1.1.0");
    expect(exitCode).toBe(1);
    expect(output).toMatch(/Announce.*the announcement is not taken: .*404/);
    const record = JSON.parse(await readFile(join(repository.downloads, "images/page-1.1.0.json"), "utf8"));
    const image = `127.0.0.1:${registryPort}/example/page`;
    expect(record).toMatchObject({ image, tags: ["1.1.0", "latest"], digest: expect.stringMatching(/^sha256:/) });
    const inspect = async (...args: string[]) =>
      (await run("skopeo", ["inspect", "--tls-verify=false", ...args, `docker://${image}@${record.digest}`])).stdout;
    const list = JSON.parse(await inspect("--raw"));
    expect(list.manifests.map((each: { platform: { architecture: string } }) => each.platform.architecture)).toEqual([
      "amd64",
      "arm64",
    ]);
    expect(JSON.parse(await inspect())).toMatchObject({ Labels: { version: "1.1.0" } });
  });

  test("what a build made is announced in one message, once; the rest is not done again", async () => {
    web.chat.isOpen = true;
    const { exitCode, output } = await repository.build("1.0.0", "1.1.0");
    expect(exitCode, output).toBe(0);
    expect(output).toContain("1 task done");
    expect(web.chat.messages).toEqual([{ text: 'page "1.0.0" is out\npage "1.1.0" is out' }]);
    expect((await repository.build("1.1.0")).output).toContain("0 tasks done");
    expect(web.chat.messages).toHaveLength(1);
  });
});
