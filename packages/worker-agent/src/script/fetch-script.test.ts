import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws, type LocalAws, outages } from "@muster/local";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clientsInProcess, recordedDiagnostics } from "../../testing/worker-in-process.ts";
import { type Clock, realClock } from "../clock.ts";
import { fetchScript } from "./fetch-script.ts";

const text = "#!/bin/bash\necho hello\n";
const sha256 = createHash("sha256").update(text).digest("hex");

let aws: LocalAws;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-fetch-"));
  aws = createLocalAws();
  const s3 = new S3Client(aws.clientConfig());
  await s3.send(new CreateBucketCommand({ Bucket: "assets" }));
  await s3.send(new PutObjectCommand({ Bucket: "assets", Key: "scripts/a b/make.sh", Body: text }));
});
afterEach(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

/** Waits of seconds are over at once. */
const hurriedClock: Clock = { now: realClock.now, at: (_, callback) => realClock.at(0, callback) };

const fetch = (url: string, clients = clientsInProcess(aws), diagnostics = recordedDiagnostics()) =>
  fetchScript(url, { clients, folder: join(folder, "scripts"), clock: hurriedClock, diagnostics });

test("a script from S3 is there, executable, and has the digest that its URL names", async () => {
  const script = await fetch(`s3://assets/scripts/a%20b/make.sh#sha256=${sha256}`);
  expect(script).toMatchObject({ url: "s3://assets/scripts/a%20b/make.sh", sha256 });
  expect(await readFile(script.file, "utf8")).toBe(text);
  expect((await stat(script.file)).mode & 0o111).toBe(0o111);
});

test("of a script with a version, that version is asked for", async () => {
  const asked: unknown[] = [];
  const stage = createLocalAws({ onCall: ({ input }) => asked.push(input) });
  await fetch("s3://assets/make.sh?versionId=abc", clientsInProcess(stage)).catch(() => {});
  expect(asked).toContainEqual(expect.objectContaining({ Bucket: "assets", Key: "make.sh", VersionId: "abc" }));
  await stage.close();
});

test("a script from a file may do without a digest", async () => {
  const file = join(folder, "local.sh");
  await writeFile(file, text);
  expect(await fetch(pathToFileURL(file).href)).toMatchObject({ sha256 });
});

test.each([
  [`s3://assets/scripts/a%20b/make.sh#sha256=${"0".repeat(64)}`, "has the SHA-256"],
  ["s3://assets/scripts/a%20b/make.sh#md5=1", "the fragment is not sha256="],
  ["s3://assets/nothing.sh", "NoSuchKey"],
  ["s3://nowhere/x.sh", "NoSuchBucket"],
  ["file:///no/such/script.sh", "ENOENT"],
  ["ftp://example.org/x.sh", "scripts come from s3://, https:// or file://"],
])("%s cannot be had, and the error says why", async (url, why) => {
  await expect(fetch(url)).rejects.toMatchObject({
    name: "Muster.ScriptUnavailable",
    message: expect.stringContaining(why),
  });
});

test("an S3 that does not answer at first is asked again", async () => {
  aws.failCalls({ service: "s3", operation: "GetObject", times: 3 }, { code: "SlowDown", status: 503 });
  expect(await fetch("s3://assets/scripts/a%20b/make.sh")).toMatchObject({ sha256 });
});

test.each(Object.entries(outages))("a script is there after a %s of a minute", async (_, fault) => {
  aws.failCalls({ service: "s3", operation: "GetObject", times: 15 }, fault);
  expect(await fetch("s3://assets/scripts/a%20b/make.sh")).toMatchObject({ sha256 });
});

test("a script that S3 cannot give for minutes is given up, by what S3 answered", async () => {
  aws.failCalls({ service: "s3", operation: "GetObject" }, outages["503 without a body"]);
  await expect(fetch("s3://assets/scripts/a%20b/make.sh")).rejects.toMatchObject({
    name: "Muster.ScriptUnavailable",
    message: expect.stringContaining("HTTP 503"),
  });
});

test("a right that is missing is not waited for as long", async () => {
  aws.failCalls({ service: "s3", operation: "GetObject", times: 5 }, { code: "AccessDenied", status: 403 });
  await expect(fetch("s3://assets/scripts/a%20b/make.sh")).rejects.toThrow("AccessDenied");
});

test.each([
  ["https://127.0.0.1:1/make.sh?X-Amz-Signature=0123456789abcdef&other=1", "https://127.0.0.1:1/make.sh?[masked]: "],
  ["https://build:hunter2@127.0.0.1:1/make.sh", "https://127.0.0.1:1/make.sh: "],
  ["https://127.0.0.1:1/make.sh?X-Amz-Signature=0123456789abcdef#md5=1", "https://127.0.0.1:1/make.sh?[masked]: "],
])("what gives access to %s reaches neither the error nor the agent's own log", async (url, shown) => {
  const diagnostics = recordedDiagnostics();
  const error = await fetch(url, clientsInProcess(aws), diagnostics).catch(({ message }: Error) => message);
  expect(error).toContain(shown);
  expect([error, ...diagnostics.messages].join("\n")).not.toMatch(/0123456789abcdef|hunter2/);
});

test("a version in S3 is named, and nothing else that the URL held", async () => {
  const asked = fetch("s3://assets/nothing.sh?versionId=abc&X-Amz-Signature=0123456789abcdef");
  await expect(asked).rejects.toThrow(/^s3:\/\/assets\/nothing\.sh\?versionId=abc: NoSuch/);
});
