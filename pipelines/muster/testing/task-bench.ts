import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import { agentProgram } from "@muster/worker-agent";

const scripts = join(import.meta.dirname, "../scripts");
const tools = join(import.meta.dirname, "../tools");
const nodeFlags = ["--disable-warning=ExperimentalWarning"];

export interface TaskOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** In its working folder. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

export interface Ended {
  readonly code: number | null;
  /** What it printed, on stdout and stderr. */
  readonly output: string;
  /** What it wrote to MUSTER_RESULT. */
  readonly result: Record<string, unknown> | undefined;
}

export type TaskBench = Awaited<ReturnType<typeof taskBench>>;

/** A place to run tasks as a worker would: S3 on this machine, a fresh working folder for each, the environment that tasks get. */
export async function taskBench() {
  const aws = createLocalAws();
  const { url } = await aws.listen();
  const s3 = new S3Client(aws.clientConfig());
  for (const Bucket of ["scratch", "downloads", "state"]) await s3.send(new CreateBucketCommand({ Bucket }));
  const folder = await mkdtemp(join(tmpdir(), "muster-tasks-"));
  const programs = join(folder, "bin");
  await mkdir(programs);
  // What one start has compiled the next ones take, of tools too, which are sources.
  const compiled = process.env.NODE_COMPILE_CACHE ?? join(folder, "compiled");

  /** A program that the task finds before the machine's own. */
  const addProgram = async (name: string, text: string): Promise<void> => {
    await writeFile(join(programs, name), text);
    await chmod(join(programs, name), 0o755);
  };
  await addProgram(
    "muster-s3",
    `#!/bin/sh\nNODE_COMPILE_CACHE=${compiled} exec ${[process.execPath, ...nodeFlags, agentProgram()].join(" ")} s3 "$@"\n`,
  );

  const run = async (program: string, args: readonly string[], task: TaskOptions): Promise<Ended> => {
    const cwd = await mkdtemp(join(folder, "task-"));
    const result = join(cwd, "result.json");
    for (const [name, content] of Object.entries(task.files ?? {})) await writeFile(join(cwd, name), content);
    const child = spawn(program, args, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: [programs, "/usr/local/bin:/usr/bin:/bin"].join(delimiter),
        HOME: folder,
        LANG: "C.UTF-8",
        TMPDIR: cwd,
        NODE_COMPILE_CACHE: compiled,
        AWS_ENDPOINT_URL: url,
        AWS_REGION: aws.region,
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        MUSTER_RESULT: result,
        SCRATCH_BUCKET: "scratch",
        DOWNLOADS_BUCKET: "downloads",
        SIGNING_KEY: "s3://state/signing/private-key.asc",
        SOURCE_REPOSITORY: "",
        ...task.env,
      },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    const [code] = (await once(child, "close")) as [number | null];
    const text = await readFile(result, "utf8").catch(() => undefined);
    return { code, output, result: text === undefined ? undefined : JSON.parse(text) };
  };

  return {
    s3,
    folder,
    addProgram,
    /** A script, as a worker fetches it. */
    script: (name: string, env: Record<string, string>) => run("bash", [join(scripts, name)], { env }),
    /** A tool, as a script hands over to it. */
    tool: (name: string, task: TaskOptions) => run(process.execPath, [...nodeFlags, join(tools, `${name}.ts`)], task),
    async read(bucket: string, key: string): Promise<Buffer | undefined> {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async write(bucket: string, key: string, content: string | Buffer): Promise<void> {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
    },
    async [Symbol.asyncDispose]() {
      await aws.close();
      await rm(folder, { recursive: true });
    },
  };
}
