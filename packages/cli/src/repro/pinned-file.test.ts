import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stageForTests } from "../testing/stage-for-tests.ts";
import { fetchPinned } from "./pinned-file.ts";

const SCRIPT = "echo made\n";
const sha256 = createHash("sha256").update(SCRIPT).digest("hex");

let it: Awaited<ReturnType<typeof stageForTests>>;
let folder: string;
beforeEach(async () => {
  it = await stageForTests();
  folder = await mkdtemp(join(tmpdir(), "muster-pinned-"));
});
afterEach(async () => {
  await Promise.all([it[Symbol.asyncDispose](), rm(folder, { recursive: true })]);
});

/** From a record of an attempt on that stage. */
const fetched = (url: string, { stage = "production", now }: { stage?: string; now?: string } = {}) =>
  fetchPinned(
    { url, sha256 },
    {
      stage: { s3: async () => it.clients.s3, description: { ...it.description, stage } },
      folder: join(folder, "script"),
      now,
      task: "MakeSource-1.2.3",
    },
  );

const put = async (bucket: string) => {
  await it.clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await it.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: "scripts/make.sh", Body: SCRIPT }));
  return `s3://${bucket}/scripts/make.sh`;
};

test("a script comes from the stage's assets", async () => {
  const { file } = await fetched(await put(it.description.buckets.assets));
  expect(await readFile(file, "utf8")).toBe(SCRIPT);
});

test("a record that names a script elsewhere, which its worker could write, has nothing run", async () => {
  const file = join(folder, "make.sh");
  await writeFile(file, SCRIPT);
  for (const url of [await put("their-scratch"), `file://${file}`, "https://127.0.0.1:1/make.sh"])
    await expect(fetched(url), url).rejects.toMatchObject({
      message: `${url} is none of the stage's scripts: the record that names it may be forged`,
      hint: "muster task MakeSource-1.2.3 runs the script as it is now",
    });
});

test("what the pipeline has in its place is taken wherever the record had it from, where it is the same", async () => {
  const now = join(folder, "make.sh");
  await writeFile(now, SCRIPT);
  expect(await fetched("https://127.0.0.1:1/make.sh", { now })).toMatchObject({ changedSince: false });
});

test("on this machine a script lies in a file", async () => {
  const file = join(folder, "make.sh");
  await writeFile(file, SCRIPT);
  expect(await readFile((await fetched(`file://${file}`, { stage: "local" })).file, "utf8")).toBe(SCRIPT);
});
