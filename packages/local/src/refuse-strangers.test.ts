import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { localAwsFixture } from "./local-aws-fixture.ts";
import { whyRefused } from "./refuse-strangers.ts";

const local = localAwsFixture();

test.each([
  "localhost",
  "LOCALHOST:4566",
  "localhost.:4566",
  "my.bucket.localhost:4566",
  "127.0.0.1",
  "127.8.9.1:80",
  "[::1]:4566",
  "[::ffff:127.0.0.1]:1",
])("%s is this machine", (host) => {
  expect(whyRefused(host, [])).toBeUndefined();
});

test.each([
  undefined,
  "",
  "evil.example",
  "evil.example:4566",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "notlocalhost",
  "127.1",
  "2130706433",
  "0.0.0.0",
  "10.0.0.1:4566",
  "[::]:4566",
  "[::ffff:10.0.0.1]",
  "127.0.0.1@evil.example",
])("%s is not", (host) => {
  expect(whyRefused(host, [])).toContain("is not answered");
});

test("names that a person allowed are answered, and no other", () => {
  expect(whyRefused("Build.Lan:4566", ["build.lan"])).toBeUndefined();
  expect(whyRefused("other.lan:4566", ["build.lan"])).toContain('"other.lan:4566"');
});

test("a page that rebinds its name reads and changes nothing", async () => {
  const aws = local.open({ dir: local.dir });
  const { url } = await aws.listen();
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "state" }));
  await s3.send(new PutObjectCommand({ Bucket: "state", Key: "signing-key", Body: "private" }));
  const ask = async (method: string, path: string, headers: Record<string, string>) => {
    const outgoing = request(`${url}${path}`, { method, headers });
    outgoing.end(method === "GET" ? undefined : "Action=RunInstances&Version=2016-11-15");
    const [answer] = await once(outgoing, "response");
    return { status: answer.statusCode, body: await text(answer) };
  };
  const rebound = await ask("GET", "/state/signing-key", { host: "evil.example" });
  expect(rebound.status).toBe(403);
  expect(rebound.body).not.toContain("private");
  const form = { "content-type": "application/x-www-form-urlencoded", origin: "https://evil.example" };
  expect((await ask("POST", "/", form)).status).toBe(403);
  expect((await ask("DELETE", "/state/signing-key", { host: "evil.example" })).status).toBe(403);
  expect(await ask("GET", "/state/signing-key", { host: "localhost" })).toEqual({ status: 200, body: "private" });
});

const isRoot = process.getuid?.() === 0;
test.runIf(isRoot)(
  "another user of the machine reads nothing of the state, and what stood open is closed",
  async () => {
    const { chmod, mkdir, stat, writeFile } = await import("node:fs/promises");
    const dir = join(local.dir, "state");
    const old = join(dir, "s3/state/old-key");
    await mkdir(join(dir, "s3/state"), { recursive: true });
    await writeFile(old, "private", { mode: 0o644 });
    await chmod(dir, 0o755);
    await chmod(local.dir, 0o755);
    local.open({ dir });
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect((await stat(old)).mode & 0o777).toBe(0o600);
    const nobody = { uid: 65534, gid: 65534 };
    const read = (file: string) => promisify(execFile)("cat", [file], nobody);
    expect(existsSync(old)).toBe(true);
    await expect(read(old)).rejects.toThrow(/Permission denied/);
    await expect(promisify(execFile)("ls", [dir], nobody)).rejects.toThrow(/Permission denied/);
  },
);
