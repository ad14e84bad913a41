import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";

const scripts = join(import.meta.dirname, "../scripts");
/** The program that gives scripts their `muster-s3`. */
const agent = join(import.meta.dirname, "../../../packages/worker-agent/src/main.ts");

export interface Ended {
  readonly code: number | null;
  /** What it printed, on stdout and stderr. */
  readonly output: string;
  /** What it wrote to MUSTER_RESULT. */
  readonly result: Record<string, unknown> | undefined;
}

/** A place to run scripts as a worker would: S3 on this machine, a fresh working folder for each, the environment that tasks get. */
export async function scriptBench() {
  const aws = createLocalAws();
  const { url } = await aws.listen();
  const s3 = new S3Client(aws.clientConfig());
  for (const Bucket of ["scratch", "downloads", "state"]) await s3.send(new CreateBucketCommand({ Bucket }));
  const folder = await mkdtemp(join(tmpdir(), "muster-scripts-"));
  const programs = join(folder, "bin");
  await mkdir(programs);
  const command = join(programs, "muster-s3");
  await writeFile(
    command,
    `#!/bin/sh\nexec ${process.execPath} --disable-warning=ExperimentalWarning ${agent} s3 "$@"\n`,
  );
  await chmod(command, 0o755);

  return {
    s3,
    folder,
    async run(script: string, env: Readonly<Record<string, string>>): Promise<Ended> {
      const cwd = await mkdtemp(join(folder, "task-"));
      const result = join(cwd, "result.json");
      const child = spawn("bash", [join(scripts, script)], {
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
          SCRATCH_BUCKET: "scratch",
          DOWNLOADS_BUCKET: "downloads",
          SIGNING_KEY: "s3://state/signing/private-key.asc",
          SOURCE_REPOSITORY: "",
          ...env,
        },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text) => (output += text));
      const [code] = (await once(child, "close")) as [number | null];
      const text = await readFile(result, "utf8").catch(() => undefined);
      return { code, output, result: text === undefined ? undefined : JSON.parse(text) };
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
