import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import {
  type Activity,
  type BuildInput,
  definePipeline,
  fixedPlatforms,
  forEachVersion,
  sequence,
  type Task,
  taskEnvironment,
} from "@muster/pipeline";
import { sourceTarball } from "@muster/recipes";
import { agentProgram } from "@muster/worker-agent";

export type BucketName = "scratch" | "downloads" | "state";

export interface Ended {
  readonly exitCode: number | null;
  /** What it printed, on stdout and stderr. */
  readonly output: string;
  /** What it leaves for the report. */
  readonly note: string | undefined;
}

type Runnable = Activity<"version"> | Activity<"build">;

export interface RecipeBench extends AsyncDisposable {
  readonly folder: string;
  /** Where users download: the bucket of downloads lies at `<url>/downloads`. */
  readonly url: string;
  /** Asked of each object that is written to this machine's S3, before it is: whether that shall fail. */
  onPut: (key: string) => boolean;
  /** Runs the task of a version, or of a build of some, as a worker would: init sourced, then the script, in a fresh folder. */
  run(activity: Runnable, versions: string | readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Runs the withdrawal of a version, in the same way. */
  withdraw(activity: Runnable, version: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
  read(bucket: BucketName, key: string): Promise<Buffer>;
  write(bucket: BucketName, key: string, content: string | Buffer): Promise<void>;
  keys(bucket: BucketName): Promise<string[]>;
}

interface Performance {
  readonly versions: readonly string[];
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly build?: Partial<BuildInput>;
}

const platforms = ["debian-12-bookworm", "fedora-42"];

/**
 * A place to run recipes' scripts one by one, on S3 of this machine or of the emulator at an address. Whole builds do
 * the same, and take seconds each.
 */
export async function recipeBench(emulator?: string): Promise<RecipeBench> {
  const aws = emulator === undefined ? createLocalAws() : undefined;
  const endpoint = emulator ?? (await (aws as NonNullable<typeof aws>).listen()).url;
  const keys = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  const credentials = { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY };
  const s3 = new S3Client({ endpoint, region: "us-west-2", credentials, forcePathStyle: true });
  for (const Bucket of ["scratch", "downloads", "state"]) {
    const configuration = { CreateBucketConfiguration: { LocationConstraint: "us-west-2" } } as const;
    await s3.send(new CreateBucketCommand({ Bucket, ...configuration }));
  }
  const folder = await mkdtemp(join(tmpdir(), "muster-recipes-"));
  const bin = await installCommands(folder, endpoint);
  const around = {
    PATH: [bin, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"].join(delimiter),
    HOME: folder,
    LANG: "C.UTF-8",
    AWS_REGION: "us-west-2",
    AWS_DEFAULT_REGION: "us-west-2",
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    ...keys,
    STATE_BUCKET: "state",
  };
  aws?.failCalls({ service: "s3", operation: "PutObject", when: (input) => bench.onPut(keyOf(input)) }, REFUSED);
  const perform = async (activity: Runnable, { versions, env = {}, build = {} }: Performance): Promise<Ended> => {
    const cwd = await mkdtemp(join(folder, "task-"));
    const result = join(cwd, "result.json");
    const { withdraw } = activity;
    const script = build.withdraw !== undefined && withdraw?.kind === "script" ? withdraw.script : activity.script;
    const scripts = [activity.init ?? "", script].map((url) => fileURLToPath(url));
    const variables = {
      ...around,
      ...environmentOf(activity, versions, build),
      ...env,
      TMPDIR: cwd,
      MUSTER_RESULT: result,
    };
    await mkdir(join(cwd, "work"));
    // On an emulator of AWS as on AWS, where the machine is nobody's own.
    const home = emulator === undefined ? "" : "RECIPES_AT_HOME= ";
    const child = spawn("bash", ["-c", `source "$1" && ${home}exec "$2"`, "worker", ...scripts], {
      cwd: join(cwd, "work"),
      stdio: ["ignore", "pipe", "pipe"],
      env: variables,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    const [exitCode] = (await once(child, "close")) as [number | null];
    const written = await readFile(result, "utf8").catch(() => "{}");
    return { exitCode, output, note: JSON.parse(written).note };
  };
  const bench: RecipeBench = {
    folder,
    url: endpoint,
    onPut: () => false,
    run: (activity, versions, env) => perform(activity, { versions: [versions].flat(), env }),
    withdraw: (activity, version, env) =>
      perform(activity, { versions: [version], env, build: { withdraw: { by: "tester" } } }),
    async read(Bucket, Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async write(Bucket, Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    async keys(Bucket) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key = "" }) => Key);
    },
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await aws?.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return bench;
}

/** What no client asks again for. */
const REFUSED = { code: "AccessDenied", status: 403 } as const;

const keyOf = (input: unknown): string => (input as { readonly Key: string }).Key;

/** `muster-s3`, and this machine's aws, wherever it is and however old: before 2.13 it finds no address in its environment. */
async function installCommands(folder: string, endpoint: string): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  const command = [process.execPath, "--disable-warning=ExperimentalWarning", agentProgram()].join(" ");
  const programs = {
    "muster-s3": `NODE_COMPILE_CACHE=${join(folder, "compiled")} exec ${command} s3 "$@"`,
    aws: `PATH="${process.env.PATH}" exec aws --endpoint-url ${endpoint} "$@"`,
  };
  for (const [name, line] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${line}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

function environmentOf(
  activity: Runnable,
  versions: readonly string[],
  asked: Partial<BuildInput>,
): Record<string, string> {
  const [version = ""] = versions;
  const pipeline = definePipeline({
    name: "bench",
    summary: "One activity",
    platforms: fixedPlatforms(...platforms),
    flow:
      activity.per === "build"
        ? sequence(forEachVersion(sourceTarball({ name: "bench" })), activity)
        : forEachVersion(activity),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
  const build: BuildInput = { versions: [...versions], platforms: [], activities: [], debug: "", ...asked };
  const buckets = { state: "state", scratch: "scratch", downloads: "downloads", assets: "assets" };
  const task: Task =
    activity.per === "build"
      ? { activity, subject: { per: "build", versions, failedVersions: [] } }
      : { activity, subject: { per: "version", version, platforms, buildPlatforms: platforms } };
  return taskEnvironment(pipeline, task, { build, buckets });
}
