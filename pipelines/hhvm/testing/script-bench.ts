import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import { agentProgram } from "@muster/worker-agent";

const scripts = join(import.meta.dirname, "../scripts");

export interface Ended {
  readonly code: number | null;
  /** What it printed, on stdout and stderr. */
  readonly output: string;
  /** What it wrote to MUSTER_RESULT. */
  readonly result: unknown;
}

/**
 * A place to run scripts as a worker would: S3 on this machine, a fresh working folder for each, the environment that tasks get. Programs
 * that no test machine has, or that would reach the outside, are played by shell scripts that note how they were called.
 */
export async function scriptBench() {
  const aws = createLocalAws();
  const { url } = await aws.listen();
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
  for (const Bucket of ["hhvm-scratch", "hhvm-downloads", "hhvm-nodist"]) {
    await s3.send(new CreateBucketCommand({ Bucket }));
  }
  const folder = await mkdtemp(join(tmpdir(), "muster-hhvm-"));
  const programs = join(folder, "bin");
  await mkdir(programs);
  const writeProgram = async (name: string, text: string) => {
    await writeFile(join(programs, name), text);
    await chmod(join(programs, name), 0o755);
  };
  await writeProgram(
    "muster-s3",
    `#!/bin/sh\nNODE_COMPILE_CACHE=${join(folder, "compiled")} exec ${process.execPath} --disable-warning=ExperimentalWarning ${agentProgram()} s3 "$@"\n`,
  );
  const callsFile = join(folder, "calls");

  return {
    folder,
    /** Copies a stand-in of testing/programs to where scripts find it. */
    install: (name: "docker" | "aws") => cp(join(import.meta.dirname, "programs", name), join(programs, name)),
    /** A stand-in for a program; `body` is bash, after the call has been noted. */
    play: (name: string, body = "") =>
      writeProgram(name, `#!/bin/bash\nset -euo pipefail\necho "${name} $*" >>'${callsFile}'\n${body}\n`),
    /** A file of the bench's folder; empty where it is not there. */
    text: (path: string) => readFile(join(folder, path), "utf8").catch(() => ""),
    /** Calls of programs that are played, in their order. */
    async calls(): Promise<string[]> {
      const text = await readFile(callsFile, "utf8").catch(() => "");
      return text.split("\n").filter((line) => line !== "");
    },
    /** @param files what lies in its working folder already */
    async run(
      script: string,
      env: Readonly<Record<string, string>>,
      files: Readonly<Record<string, string>> = {},
    ): Promise<Ended> {
      const cwd = await mkdtemp(join(folder, "task-"));
      for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
      const result = join(cwd, "result.json");
      const child = spawn(join(scripts, script), {
        cwd,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: [programs, "/usr/local/bin:/usr/bin:/bin"].join(delimiter),
          HOME: folder,
          LANG: "C.UTF-8",
          TMPDIR: cwd,
          AWS_ENDPOINT_URL: url,
          AWS_REGION: aws.region,
          AWS_ACCESS_KEY_ID: "local",
          AWS_SECRET_ACCESS_KEY: "local",
          MUSTER_RESULT: result,
          MUSTER_INSTANCE: "i-0123456789abcdef0",
          SCRATCH_BUCKET: "hhvm-scratch",
          DOWNLOADS_BUCKET: "hhvm-downloads",
          ...env,
        },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
      }
      const [code] = (await once(child, "close")) as [number | null];
      const text = await readFile(result, "utf8").catch(() => undefined);
      return { code, output, result: text === undefined ? undefined : JSON.parse(text) };
    },
    async put(bucket: string, key: string, content: string | Buffer): Promise<void> {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
    },
    async remove(bucket: string, key: string): Promise<void> {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    /** Keys of a bucket's objects, in their order. */
    async keys(bucket: string): Promise<string[]> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key = "" }) => Key);
    },
    /** Writes all objects of a bucket into a folder of its name, as a web server would have them. */
    async download(bucket: string): Promise<string> {
      const target = join(folder, bucket);
      await rm(target, { recursive: true, force: true });
      for (const key of await this.keys(bucket)) {
        await mkdir(join(target, key, ".."), { recursive: true });
        await writeFile(join(target, key), (await this.read(bucket, key)) ?? "");
      }
      return target;
    },
    async read(bucket: string, key: string): Promise<Buffer | undefined> {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await aws.close();
      await rm(folder, { recursive: true });
    },
  };
}
