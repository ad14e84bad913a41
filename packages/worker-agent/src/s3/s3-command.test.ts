import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws, type LocalAws, outages } from "@muster/local";
import { indexPageMetadata, madeByMetadata, madeByOf, madeFirstOf, makerLine, putObject } from "@muster/records";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInFolder, s3Command } from "../../testing/run-in-folder.ts";

let aws: LocalAws;
let s3: S3Client;
let url: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-s3-"));
  aws = createLocalAws();
  ({ url } = await aws.listen());
  s3 = new S3Client(aws.clientConfig());
  await s3.send(new CreateBucketCommand({ Bucket: "files" }));
});
afterAll(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

/** The command as a script calls it. */
const musterS3 = (...words: string[]) => run([...s3Command, ...words]);

/** The command in a script, as `"$@"`. */
const inShell = (script: string, ...words: string[]) =>
  run(["bash", "--norc", "-c", `set -o pipefail; ${script}`, "script", ...s3Command, ...words]);

const run = (words: readonly string[]) => runInFolder(words, { folder, url });

const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

test("a file goes up with its type and comes down as it was, and its digest is noted for the attempt's record", async () => {
  await writeFile(join(folder, "a file.txt"), "hello\n");
  const up = await musterS3("cp", "a file.txt", "s3://files/dir/ä b.txt", "--content-type", "text/plain");
  expect(up).toMatchObject({ code: 0, error: "" });
  const { ETag, ContentType } = await s3.send(new HeadObjectCommand({ Bucket: "files", Key: "dir/ä b.txt" }));
  expect({ etag: up.out, type: ContentType }).toEqual({ etag: `${ETag}\n`, type: "text/plain" });
  expect(await musterS3("cp", "s3://files/dir/ä b.txt", "down.txt")).toMatchObject({ code: 0 });
  expect(await readFile(join(folder, "down.txt"), "utf8")).toBe("hello\n");
  expect(await musterS3("cp", "s3://files/dir/ä b.txt", "-")).toMatchObject({ code: 0, out: "hello\n" });
  const notes = (await readFile(join(folder, "uploads.jsonl"), "utf8")).trim().split("\n");
  expect(notes.map((note) => JSON.parse(note))).toContainEqual({
    uri: "s3://files/dir/ä b.txt",
    sha256: sha256("hello\n"),
  });
});

test("a place that ends with a slash is a folder on either side", async () => {
  await writeFile(join(folder, "named.txt"), "x");
  expect((await musterS3("cp", "named.txt", "s3://files/in/")).code).toBe(0);
  expect((await musterS3("exists", "s3://files/in/named.txt")).code).toBe(0);
  expect((await musterS3("cp", "s3://files/in/named.txt", "./")).code).toBe(0);
});

test("several are copied by one call, in their order, until the first that fails", async () => {
  for (const name of ["one", "two", "three"]) await writeFile(join(folder, name), name);
  const urls = ["one", "two", "three"].map((name) => `s3://files/several/${name}`);
  const up = await musterS3("cp", "one", `${urls[0]}`, "missing", `${urls[1]}`, "three", `${urls[2]}`);
  expect(up).toMatchObject({ code: 1, error: expect.stringContaining("missing") });
  expect((await musterS3("ls", "s3://files/several/")).out).toBe(`${urls[0]}\n`);
  expect(await musterS3("cp", "two", `${urls[1]}`, "three", `${urls[2]}`)).toMatchObject({ code: 0, error: "" });
  expect(await musterS3("cp", `${urls[2]}`, "-", `${urls[1]}`, "again", `${urls[0]}`, "-")).toEqual({
    code: 0,
    out: "threeone",
    error: "",
  });
  expect(await readFile(join(folder, "again"), "utf8")).toBe("two");
});

test("a large file goes in parts, and its digest is that of the whole", async () => {
  const bytes = Buffer.alloc(40 * 1024 * 1024, "0123456789abcdef");
  await writeFile(join(folder, "large"), bytes);
  expect(await musterS3("cp", "large", "s3://files/large")).toMatchObject({ code: 0, error: "" });
  expect(await musterS3("cp", "s3://files/large", "large-again")).toMatchObject({ code: 0 });
  expect(sha256(await readFile(join(folder, "large-again")))).toBe(sha256(bytes));
  expect(await readFile(join(folder, "uploads.jsonl"), "utf8")).toContain(sha256(bytes));
});

/** Takes 4 KiB at a time, so that its pipe is full when the last bytes come. */
const SLOWLY = `
const { readSync, writeSync } = require("node:fs");
const [bytes, rest] = [Buffer.alloc(4096), new Int32Array(new SharedArrayBuffer(4))];
for (let read; (read = readSync(0, bytes)) > 0; Atomics.wait(rest, 0, 0, 5)) writeSync(1, bytes, 0, read);`;
const throughSlowReader = `"$@" | "$1" -e '${SLOWLY}'`;
const ENDLESS = 300_000;

async function putText(key: string, bytes: number): Promise<string> {
  const text = "0123456789abcde\n".repeat(Math.ceil(bytes / 16)).slice(0, bytes);
  await s3.send(new PutObjectCommand({ Bucket: "files", Key: key, Body: text }));
  return text;
}

test.each([
  ["what just does not fit into a pipe", 70_000],
  ["much more than fits", 600_000],
])("a slow reader gets all of an object: %s", async (_, bytes) => {
  const text = await putText("slow", bytes);
  const read = await inShell(throughSlowReader, "cp", "s3://files/slow", "-");
  expect(read).toMatchObject({ code: 0, error: "" });
  expect(sha256(read.out)).toBe(sha256(text));
});

test("a slow reader gets every key of a long list", async () => {
  const keys = Array.from({ length: 150 }, (_, index) => `long/${"x".repeat(900)}${1000 + index}`);
  for (const key of keys) await putText(key, 1);
  const read = await inShell(throughSlowReader, "ls", "s3://files/long/");
  expect(read).toMatchObject({ code: 0, error: "" });
  expect(sha256(read.out)).toBe(sha256(keys.map((key) => `s3://files/${key}\n`).join("")));
});

test.each([
  ["cp", "s3://files/endless", "-"],
  ["ls", "s3://files/long/"],
])("%s ends without a word when its reader has what it wanted, as if SIGPIPE had ended it", async (...words) => {
  await putText("endless", ENDLESS);
  const read = await inShell('"$@" | head -c 5', ...words);
  expect(read).toEqual({ code: 141, out: expect.stringMatching(/^.{5}$/), error: "" });
});

test("standard output may be a file, and says when it takes no more", async () => {
  const text = await putText("to-file", ENDLESS);
  expect(await inShell('echo before >out && "$@" >>out', "cp", "s3://files/to-file", "-")).toMatchObject({ code: 0 });
  expect(sha256(await readFile(join(folder, "out")))).toBe(sha256(`before\n${text}`));
  const full = await inShell('"$@" >/dev/full', "cp", "s3://files/to-file", "-");
  expect(full).toMatchObject({ code: 1, error: expect.stringContaining("s3://files/to-file: ENOSPC") });
  const list = await inShell('"$@" >/dev/full', "ls", "s3://files/to-file");
  expect(list).toMatchObject({ code: 1, error: expect.stringMatching(/^standard output takes no more: ENOSPC.*\n$/) });
});

test("conditions hold, and a condition that does not has an exit code of its own", async () => {
  await writeFile(join(folder, "v1"), "1");
  await writeFile(join(folder, "v2"), "2");
  const first = await musterS3("cp", "v1", "s3://files/pointer", "--if-none-match");
  expect(first.code).toBe(0);
  const again = await musterS3("cp", "v2", "s3://files/pointer", "--if-none-match");
  expect(again).toMatchObject({ code: 3, error: "muster-s3: s3://files/pointer is not as the condition says\n" });
  const next = await musterS3("cp", "v2", "s3://files/pointer", "--if-match", first.out.trim());
  expect(next.code).toBe(0);
  expect((await musterS3("cp", "v1", "s3://files/pointer", "--if-match", first.out.trim())).code).toBe(3);
  expect((await musterS3("cp", "s3://files/pointer", "-")).out).toBe("2");
});

test.each([
  ["small", 1, "PutObject"],
  ["large", 6 * 1024 * 1024, "CompleteMultipartUpload"],
])("a %s file whose conditional write was answered by nobody is there all the same", async (name, bytes, operation) => {
  await writeFile(join(folder, name), Buffer.alloc(bytes, name));
  aws.failCalls({ service: "s3", operation, times: 1 }, { code: "InternalError", status: 500, afterwards: true });
  const up = await musterS3("cp", name, `s3://files/lost-${name}`, "--if-none-match");
  const { ETag } = await s3.send(new HeadObjectCommand({ Bucket: "files", Key: `lost-${name}` }));
  expect(up).toEqual({ code: 0, out: `${ETag}\n`, error: "" });
});

test("a conditional write that met another is tried again", async () => {
  await writeFile(join(folder, "met"), "1");
  const conflict = { code: "ConditionalRequestConflict", status: 409 };
  aws.failCalls({ service: "s3", operation: "PutObject", times: 2 }, conflict);
  expect(await musterS3("cp", "met", "s3://files/met", "--if-none-match")).toMatchObject({ code: 0 });
  aws.failCalls({ service: "s3", operation: "PutObject", times: 1 }, conflict);
  expect(await musterS3("cp", "met", "s3://files/met", "--if-none-match")).toMatchObject({ code: 3 });
});

test("exists tells there from not there from do not know", async () => {
  await writeFile(join(folder, "there"), "1");
  await musterS3("cp", "there", "s3://files/there");
  expect((await musterS3("exists", "s3://files/there")).code).toBe(0);
  expect((await musterS3("exists", "s3://files/ther")).code).toBe(1);
  const restore = aws.failCalls({ service: "s3" }, { code: "AccessDenied", status: 403 });
  expect((await musterS3("exists", "s3://files/there")).code).toBe(2);
  restore();
});

test.each([
  ["502 of HTML", outages["502 of HTML"], "HTTP 502"],
  ["503 without a body", outages["503 without a body"], "HTTP 503"],
  ["reset connection", outages["reset connection"], "ECONNRESET"],
  ["400", { code: "BadRequest", status: 400 }, "HTTP 400"],
] as const)("exists does not take a %s for an answer, and says what it met", async (_, fault, told) => {
  const restore = aws.failCalls({ service: "s3", operation: "HeadObject" }, fault);
  const looked = await musterS3("exists", "s3://files/there");
  restore();
  expect(looked).toMatchObject({ code: 2, out: "" });
  expect(looked.error).toContain(told);
});

test("ls prints every key under a prefix, rm removes one", async () => {
  await writeFile(join(folder, "k"), "1");
  for (const key of ["p/1", "p/2", "q/1"]) await musterS3("cp", "k", `s3://files/${key}`);
  expect((await musterS3("ls", "s3://files/p/")).out).toBe("s3://files/p/1\ns3://files/p/2\n");
  expect((await musterS3("rm", "s3://files/p/1")).code).toBe(0);
  expect((await musterS3("rm", "s3://files/p/1")).code).toBe(0);
  expect((await musterS3("ls", "s3://files/p/")).out).toBe("s3://files/p/2\n");
});

test.each([
  [["cp", "one"], 2, "usage: muster-s3"],
  [["cp", "a", "b"], 2, "one side of a copy must be an s3:// URL, and of a to b none is"],
  [
    ["cp", "a", "s3://files/a", "s3://files/b", "s3://files/c"],
    2,
    "one side of a copy must be an s3:// URL, and of s3://files/b to s3://files/c both are",
  ],
  [["cp", "a", "s3://files/a", "b"], 2, "usage: muster-s3 cp"],
  [
    ["cp", "a", "s3://files/a", "b", "s3://files/b", "--if-match", "x"],
    2,
    "--if-match is of one object, and 2 are copied",
  ],
  [["move", "s3://a/b"], 2, "usage: muster-s3"],
  [["ls", "files"], 2, '"files" is no s3://BUCKET/KEY'],
  [["cp", "--fast", "a", "s3://a/b"], 2, "Unknown option '--fast'"],
  [["cp", "s3://files/nowhere", "x"], 1, "muster-s3: s3://files/nowhere: NoSuchKey"],
  [["cp", "missing-file", "s3://files/x"], 1, "muster-s3: ENOENT"],
  [["cp", "s3://no-such-bucket/x", "x"], 1, "muster-s3: s3://no-such-bucket/x: NoSuchBucket"],
  [["cp", "here", "s3://no-such-bucket/in/"], 1, "s3://no-such-bucket/in/here: NoSuchBucket"],
  [["rm", "s3://no-such-bucket/x"], 1, "s3://no-such-bucket/x: NoSuchBucket"],
  [["ls", "s3://no-such-bucket/x"], 1, "s3://no-such-bucket/x: NoSuchBucket"],
])("%j fails with %i and one line that says why", async (words, code, why) => {
  await writeFile(join(folder, "here"), "1");
  const failed = await musterS3(...words);
  expect(failed).toMatchObject({ code, out: "" });
  expect(failed.error).toContain(why);
  expect(failed.error).not.toContain("    at ");
});

test("a download that breaks off leaves no file behind", async () => {
  expect((await musterS3("cp", "s3://files/not-there", "broken")).code).toBe(1);
  await expect(readFile(join(folder, "broken"))).rejects.toThrow("ENOENT");
});

test.each([
  ["small", 1],
  ["large", 6 * 1024 * 1024],
])(
  "a %s object says what it was stored as, and one that is another thing comes down as an error that names it",
  async (name, bytes) => {
    await writeFile(join(folder, name), Buffer.alloc(bytes, name));
    await musterS3("cp", name, `s3://files/said-${name}`);
    const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket: "files", Key: `said-${name}` }));
    expect(Metadata).toMatchObject({ sha256: sha256(Buffer.alloc(bytes, name)) });
    expect((await musterS3("cp", `s3://files/said-${name}`, "-")).code).toBe(0);
    await s3.send(new PutObjectCommand({ Bucket: "files", Key: `said-${name}`, Body: "other", Metadata }));
    const down = await musterS3("cp", `s3://files/said-${name}`, `damaged-${name}`);
    expect(down).toMatchObject({ code: 1, out: "" });
    expect(down.error).toContain(`s3://files/said-${name} is damaged: its SHA-256 is not `);
    await expect(readFile(join(folder, `damaged-${name}`))).rejects.toThrow("ENOENT");
  },
);

test("an index page of Muster's own is nothing that is there, and gives way", async () => {
  await writeFile(join(folder, "manual.html"), "the manual");
  const place = { bucket: "files", key: "docs/index.html" };
  await putObject(s3, place, { body: "a listing", metadata: indexPageMetadata });
  expect((await musterS3("exists", "s3://files/docs/index.html")).code).toBe(1);
  expect((await musterS3("cp", "manual.html", "s3://files/docs/index.html", "--if-none-match")).code).toBe(0);
  expect((await musterS3("cp", "s3://files/docs/index.html", "-")).out).toBe("the manual");
  expect((await musterS3("cp", "manual.html", "s3://files/docs/index.html", "--if-none-match")).code).toBe(3);
});

test("what a task uploads says what made it and what it had read by then, in parts too; outside of a task nothing does", async () => {
  const source = "the source";
  await s3.send(new PutObjectCommand({ Bucket: "files", Key: "source", Body: source }));
  const script = createHash("sha256").update("script").digest("hex");
  const metadataOf = async (Key: string) => (await s3.send(new HeadObjectCommand({ Bucket: "files", Key }))).Metadata;
  const made = async (Key: string) => madeByOf(await metadataOf(Key));
  await writeFile(join(folder, "made"), "made");
  await writeFile(join(folder, "large"), Buffer.alloc(6 * 2 ** 20));
  await musterS3("cp", "s3://files/source", "got");
  await musterS3("cp", "made", "s3://files/alone");
  expect(await made("alone")).toBeUndefined();

  await writeFile(join(folder, "maker"), makerLine({ task: "Make-1.2.3", script, env: { VERSION: "1.2.3" } }));
  try {
    await musterS3("cp", "made", "s3://files/before");
    await musterS3("cp", "s3://files/source", "got");
    expect((await musterS3("cp", "made", "s3://files/after", "large", "s3://files/parts")).code).toBe(0);
    const digest = createHash("sha256").update(source).digest("hex");
    for (const key of ["after", "parts"]) {
      const found = await made(key);
      expect(found?.task).toBe("Make-1.2.3");
      expect([found?.isOfScript(script), found?.hadAnother("VERSION", "1.2.4")]).toEqual([true, true]);
      expect(found?.isOf("s3://files/source", digest)).toBe(true);
    }
    expect((await made("before"))?.hasRead("s3://files/source")).toBe(false);
    expect((await musterS3("cp", "s3://files/nothing", "got")).code).toBe(1);
    expect((await musterS3("cp", "made", "s3://files/once", "--if-none-match")).code).toBe(0);
    expect((await made("once"))?.hasRead("s3://files/nothing")).toBe(false);

    const other = makerLine({ task: "Source-1.2.3", script, env: {} });
    const put = { Bucket: "files", Key: "theirs", Body: "theirs", Metadata: madeByMetadata(other, new Map()) };
    await s3.send(new PutObjectCommand(put));
    await musterS3("cp", "s3://files/theirs", "theirs", "theirs", "s3://files/passed-on");
    const passedOn = await metadataOf("passed-on");
    expect([madeByOf(passedOn)?.task, madeFirstOf(passedOn)?.task]).toEqual(["Make-1.2.3", "Source-1.2.3"]);
    expect(madeFirstOf(await metadataOf("after"))).toBeUndefined();
  } finally {
    await rm(join(folder, "maker"));
  }
});
