import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { CreateBucketCommand, HeadObjectCommand, NotFound, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import { expect } from "vitest";
import { brokenLink } from "./broken-link.ts";

const BUCKET = "files";
const MIB = 2 ** 20;
/** In parts of 5 MiB. */
const LARGE = 12 * MIB;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** A place where `muster-s3` of a shipped form is called, as a script would, and the S3 that it asks. */
export interface S3Bench extends AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  call(...words: string[]): Promise<Ended>;
  /** What a reader, as a shell calls it, makes of what is printed. */
  into(reader: string, ...words: string[]): Promise<Ended>;
  start(url: string, ...words: string[]): { readonly process: ChildProcess; readonly ended: Promise<Ended> };
  /** An object's ETag; undefined where there is none. */
  etag(key: string): Promise<string | undefined>;
}

/** @param program what scripts call as `muster-s3` */
export async function s3Bench(program: readonly string[], folder: string): Promise<S3Bench> {
  const aws = createLocalAws();
  const { url } = await aws.listen();
  const s3 = new S3Client(aws.clientConfig());
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const start: S3Bench["start"] = (endpoint, ...words) => startProgram(endpoint, [...program, ...words]);
  const startProgram = (endpoint: string, [file = "", ...words]: readonly string[]) => {
    const child = spawn(file, words, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: "/usr/bin:/bin",
        HOME: folder,
        AWS_REGION: aws.region,
        AWS_ENDPOINT_URL: endpoint,
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        MUSTER_RESULT: join(folder, "result.json"),
      },
    });
    const ended = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
    return { process: child, ended: ended.then(([[code], out, error]) => ({ code, out, error })) };
  };
  return {
    folder,
    url,
    start,
    call: (...words) => start(url, ...words).ended,
    into: (reader, ...words) =>
      startProgram(url, ["bash", "-c", `set -o pipefail; "$@" | ${reader}`, "script", ...program, ...words]).ended,
    async etag(Key) {
      try {
        return (await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key }))).ETag;
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => aws.close(),
  };
}

/** What bundling breaks first, and every form does in every run: the promise of the battery's that tests it. */
export const LARGE_FILE = "a large file goes up in parts, and comes down";

const place = (key: string): string => `s3://${BUCKET}/${key}`;
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const done = { code: 0, error: "" };

async function digestOf({ folder }: S3Bench, name: string): Promise<string> {
  return sha256(await readFile(join(folder, name)));
}

/** A file of random bytes. @returns its digest */
async function write({ folder }: S3Bench, name: string, bytes: number): Promise<string> {
  const content = randomBytes(bytes);
  await writeFile(join(folder, name), content);
  return sha256(content);
}

/** What each form's `muster-s3` has to do, by its promise. */
export const s3Battery: Readonly<Record<string, (bench: S3Bench) => Promise<void>>> = {
  async "a small file goes up, is listed, comes down and is removed"(bench) {
    const digest = await write(bench, "small", 10);
    const up = await bench.call("cp", "small", place("in/"), "--content-type", "text/plain");
    expect(up).toEqual({ ...done, out: `${await bench.etag("in/small")}\n` });
    expect(await bench.call("ls", place("in/"))).toEqual({ ...done, out: `${place("in/small")}\n` });
    expect(await bench.call("cp", place("in/small"), "small-again")).toEqual({ ...done, out: "" });
    expect(await digestOf(bench, "small-again")).toBe(digest);
    expect(await bench.call("exists", place("in/small"))).toMatchObject(done);
    expect(await bench.call("rm", place("in/small"))).toMatchObject(done);
    expect(await bench.call("exists", place("in/small"))).toMatchObject({ code: 1, error: "" });
    expect(await readFile(join(bench.folder, "uploads.jsonl"), "utf8")).toContain(digest);
  },

  async [LARGE_FILE](bench) {
    const digest = await write(bench, "large", LARGE);
    expect(await bench.call("cp", "large", place("large"))).toMatchObject(done);
    expect(await bench.etag("large"), "three parts").toMatch(/-3"$/);
    expect(await bench.call("cp", place("large"), "large-again")).toMatchObject(done);
    expect(await digestOf(bench, "large-again")).toBe(digest);
  },

  async "a slow reader gets all, and one that has enough ends it"(bench) {
    const digest = await write(bench, "piped", 70_000);
    expect(await bench.call("cp", "piped", place("piped"))).toMatchObject(done);
    const slowly =
      "while dd bs=4096 count=1 status=none of=part && [ -s part ]; do cat part; sleep 0.01; done | sha256sum";
    expect(await bench.into(slowly, "cp", place("piped"), "-")).toMatchObject({ ...done, out: `${digest}  -\n` });
    expect(await bench.into("head -c 5 | wc -c", "cp", place("piped"), "-")).toMatchObject({ error: "", out: "5\n" });
  },

  async "a condition that does not hold is told by its exit code, of large files too"(bench) {
    const refused = (name: string) => ({ code: 3, error: `muster-s3: ${place(name)} is not as the condition says\n` });
    await write(bench, "once", 10);
    const first = await bench.call("cp", "once", place("once"), "--if-none-match");
    expect(first).toMatchObject(done);
    await write(bench, "once", 10);
    expect(await bench.call("cp", "once", place("once"), "--if-none-match")).toMatchObject(refused("once"));
    expect(await bench.call("cp", "once", place("once"), "--if-match", first.out.trim())).toMatchObject(done);
    await write(bench, "large-once", LARGE);
    expect(await bench.call("cp", "large-once", place("large-once"), "--if-none-match")).toMatchObject(done);
    const stale = ["cp", "large-once", place("large-once"), "--if-match", first.out.trim()];
    expect(await bench.call(...stale)).toMatchObject(refused("large-once"));
  },

  async "a download whose connection breaks goes on where it was, and an upload's part is sent again"(bench) {
    const digest = await write(bench, "broken", LARGE);
    await using up = await brokenLink({ url: bench.url, bytes: 2 * MIB, times: 1 });
    expect(await bench.start(up.url, "cp", "broken", place("broken")).ended).toMatchObject(done);
    expect(up.broken(), "parts share connections, or break several at once").toBeGreaterThan(0);
    await using down = await brokenLink({ url: bench.url, bytes: 5 * MIB, times: 2 });
    expect(await bench.start(down.url, "cp", place("broken"), "broken-again").ended).toMatchObject(done);
    expect(down.broken()).toBe(2);
    expect(await digestOf(bench, "broken-again")).toBe(digest);
  },

  async "a transfer that is killed leaves nothing that looks whole"(bench) {
    await write(bench, "killed", LARGE);
    await using up = await brokenLink({ url: bench.url, bytes: LARGE, times: 0 });
    const upload = bench.start(up.url, "cp", "killed", place("killed"));
    await up.passed(2 * MIB);
    upload.process.kill("SIGKILL");
    await upload.ended;
    expect(await bench.etag("killed")).toBeUndefined();
    expect(await bench.call("cp", "killed", place("killed"))).toMatchObject(done);
    await using down = await brokenLink({ url: bench.url, bytes: LARGE, times: 0 });
    const download = bench.start(down.url, "cp", place("killed"), "killed-again");
    await down.passed(2 * MIB);
    download.process.kill("SIGKILL");
    await download.ended;
    expect(await readdir(bench.folder)).not.toContain("killed-again");
  },

  async "what is called wrongly or cannot be done is told in one line that names it"(bench) {
    const wrong = await bench.call("move", place("x"));
    expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining("usage: muster-s3") });
    const missing = await bench.call("cp", place("nowhere"), "x");
    expect(missing).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^muster-s3: .*s3:\/\/files\/nowhere.*\n$/),
    });
  },
};
