import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ec2Bootstrap, WORKER_UNIT } from "./ec2-bootstrap.ts";
import { MAX_USER_DATA_BYTES, renderUserData } from "./user-data.ts";

const environment = {
  ACTIVITY_ARN: "arn:aws:states:us-west-2:000000000000:activity:make",
  ACTIVITY_NAME: "Make",
  SCRIPT_URL: "s3://assets/make.sh",
  DUMMY_SCRIPT_URL: "s3://assets/dummy.sh",
  AWS_REGION: "us-west-2",
  LOG_GROUP: "it's a $group",
  STATE_BUCKET: "state",
  SCRATCH_BUCKET: "scratch",
  SECRET_PREFIX: "canary-",
  IMAGE_PREFIX: "canary-",
  VOLUME_PREFIX: "canary-",
};

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "muster-bootstrap-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** An archive whose Node writes down how it was called. */
async function archive(): Promise<{ bytes: Buffer; sha256: string }> {
  const content = join(root, "content");
  await mkdir(join(content, "agent"), { recursive: true });
  await writeFile(join(content, "agent/agent.mjs"), "");
  await writeFile(join(content, "node"), `#!/bin/bash\n{ echo "$@"; env; } > ${root}/called\n`);
  await chmod(join(content, "node"), 0o755);
  const { stdout } = spawnSync("tar", ["-czf", "-", "-C", content, "."]);
  return { bytes: stdout, sha256: createHash("sha256").update(stdout).digest("hex") };
}

/**
 * Boots one machine with this archive's URL; its own folders and power switch stand in for the machine's, and it does not wait long between tries.
 * @param first what the bucket answers with at first, where that is not the archive
 */
async function boot(
  url: (sha256: string) => string,
  first?: (bytes: Buffer) => Buffer,
): Promise<{ console: string; exitCode: number | null }> {
  const { bytes, sha256 } = await archive();
  const outcome = Promise.withResolvers<{ console: string; exitCode: number | null }>();
  let address = "";
  let fetches = 0;
  await using aws = createLocalAws({
    onCall: ({ operation }) => {
      if (operation === "GetObject" && ++fetches === 1) void put(bytes);
    },
    runInstance: async ({ userData, metadataUrl }) => {
      const tools = join(root, "tools");
      await mkdir(tools, { recursive: true });
      await writeFile(join(tools, "shutdown"), '#!/bin/bash\necho "shutdown $*"\n', { mode: 0o755 });
      const here = userData
        .replaceAll("/opt/muster", join(root, "opt"))
        .replaceAll("/etc/systemd/system", root)
        .replaceAll("/etc/needrestart", join(root, "needrestart"))
        .replaceAll("/run/systemd/system", join(root, "no-systemd"))
        .replace("(1, 2, 4, 8, 16, None)", "(0.5, 0.5, None)");
      const machine = spawn("bash", ["--norc", "-c", here], {
        env: {
          PATH: [tools, process.env.PATH].join(delimiter),
          AWS_ENDPOINT_URL: address,
          AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl,
          UNRELATED: "stays behind",
        },
      });
      let console = "";
      for (const output of [machine.stdout, machine.stderr]) output.on("data", (text) => (console += text));
      const [exitCode] = await once(machine, "close");
      outcome.resolve({ console, exitCode });
    },
  });
  ({ url: address } = await aws.listen());
  aws.start();
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "assets" }));
  const put = (Body: Buffer) => s3.send(new PutObjectCommand({ Bucket: "assets", Key: "agents/x.tar.gz", Body }));
  await put(first === undefined ? bytes : first(bytes));
  const userData = renderUserData({ environment, bootstrap: ec2Bootstrap({ archive: url(sha256) }) });
  const machine = {
    ImageId: "ami-00000000",
    MinCount: 1,
    MaxCount: 1,
    IamInstanceProfile: { Name: "worker" },
    UserData: Buffer.from(userData).toString("base64"),
  };
  await new EC2Client(aws.clientConfig()).send(new RunInstancesCommand(machine));
  return await outcome.promise;
}

test("a fresh machine fetches the agent with its role, checks it and starts it with what it was told", async () => {
  const { console, exitCode } = await boot((sha256) => `s3://assets/agents/x.tar.gz#sha256=${sha256}`);
  expect(`${exitCode} ${console}`).toMatch(/^0 shutdown -h \+10 /);
  const called = await readFile(join(root, "called"), "utf8");
  expect(called).toContain("/agent/agent.mjs --dir /var/lib/muster");
  for (const [name, value] of Object.entries(environment)) expect(called).toContain(`${name}=${value}\n`);
  const file = await readFile(join(root, "opt/environment"), "utf8");
  expect(file).not.toContain("UNRELATED");
});

test.each([
  ["was cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
  ["is another's", () => Buffer.from("another")],
])("an archive that %s is fetched again", async (_, first) => {
  const { console, exitCode } = await boot((sha256) => `s3://assets/agents/x.tar.gz#sha256=${sha256}`, first);
  expect(console).toMatch(/the agent could not be fetched: .* has the SHA-256 [0-9a-f]{64}/);
  expect(exitCode).toBe(0);
  expect(existsSync(join(root, "called"))).toBe(true);
});

test("an archive that is not the one that was deployed is not run, and the machine turns itself off", async () => {
  const { console, exitCode } = await boot(() => `s3://assets/agents/x.tar.gz#sha256=${"0".repeat(64)}`);
  expect(exitCode).not.toBe(0);
  expect(console).toMatch(/has the SHA-256 [0-9a-f]{64}/);
  expect(console).toMatch(/this machine did not become a worker.*\nshutdown -h now/s);
  expect(existsSync(join(root, "called"))).toBe(false);
});

test("systemd understands all of the unit", async ({ skip }) => {
  if (spawnSync("systemd-analyze", ["--version"]).error !== undefined) return skip("systemd-analyze is not here");
  await boot((sha256) => `s3://assets/agents/x.tar.gz#sha256=${sha256}`);
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", join(root, "muster-worker.service")], {
    encoding: "utf8",
  });
  expect({ status, complaints: stderr.split("\n").filter((line) => line.includes("muster-worker")) }).toEqual({
    status: 0,
    complaints: [],
  });
});

test("the unit restarts an agent that crashes, and turns the machine off when it is done or gives up", () => {
  expect(WORKER_UNIT).toContain("Restart=on-failure\n");
  expect(WORKER_UNIT).toContain("StartLimitAction=poweroff\n");
  expect(WORKER_UNIT).toMatch(/^ExecStopPost=.*SERVICE_RESULT.* poweroff\.target'$/m);
  // systemd would not wait for the restarts.
  expect(WORKER_UNIT).not.toMatch(/FailureAction|SuccessAction/);
});

test("a rebooted machine starts its agent again", ({ skip }) => {
  expect(ec2Bootstrap({ archive: "s3://assets/x" })).toContain("\n  systemctl enable muster-worker.service\n");
  const unit = join(root, "etc/systemd/system/muster-worker.service");
  mkdirSync(dirname(unit), { recursive: true });
  writeFileSync(unit, WORKER_UNIT);
  const { error, status } = spawnSync("systemctl", [`--root=${root}`, "enable", "muster-worker.service"]);
  if (error !== undefined) return skip("systemctl is not here");
  expect(status).toBe(0);
  const wanted = join(root, "etc/systemd/system/multi-user.target.wants/muster-worker.service");
  expect(lstatSync(wanted).isSymbolicLink()).toBe(true);
});

type Moment = PromiseWithResolvers<void>;

/** A machine with systemd, as far as units that are enabled run at a boot: its power is taken when it first asks for the archive. */
async function rebootOnTheWay(): Promise<{ boot(): Promise<string[]>; [Symbol.asyncDispose](): Promise<void> }> {
  const { bytes, sha256 } = await archive();
  const at = (path: string) => join(root, path);
  const tools = at("tools");
  const wanted = at("multi-user.target.wants");
  await mkdir(tools);
  await mkdir(at("systemd"));
  await writeFile(join(tools, "shutdown"), "#!/bin/sh\n", { mode: 0o755 });
  const enable = `mkdir -p ${wanted}; ln -s ${root}/"\${!#}" ${wanted}/`;
  const systemctl = `case "$*" in *enable*) ${enable};; *start*muster-worker*) ${at("opt/start")};; esac`;
  await writeFile(join(tools, "systemctl"), `#!/bin/bash\n${systemctl}\n`, { mode: 0o755 });
  const [lost, rebooted, done] = [0, 1, 2].map(() => Promise.withResolvers<void>()) as [Moment, Moment, Moment];
  const env: NodeJS.ProcessEnv = { PATH: [tools, process.env.PATH].join(delimiter) };
  const aws = createLocalAws({
    onCall: ({ operation }) => operation === "GetObject" && lost.resolve(),
    runInstance: async ({ userData, metadataUrl }) => {
      env.AWS_EC2_METADATA_SERVICE_ENDPOINT = metadataUrl;
      const here = userData
        .replaceAll("/opt/muster", at("opt"))
        .replaceAll("/etc/systemd/system", root)
        .replaceAll("/etc/needrestart", at("needrestart"))
        .replaceAll("/run/systemd/system", at("systemd"));
      await writeFile(at("part-001"), here, { mode: 0o700 });
      const machine = spawn(at("part-001"), { env, stdio: "ignore", detached: true });
      await Promise.race([lost.promise, once(machine, "close")]);
      if (machine.pid !== undefined) process.kill(-machine.pid, "SIGKILL");
      rebooted.resolve();
      await done.promise;
    },
  });
  env.AWS_ENDPOINT_URL = (await aws.listen()).url;
  aws.start();
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "assets" }));
  await s3.send(new PutObjectCommand({ Bucket: "assets", Key: "agents/x.tar.gz", Body: bytes }));
  const userData = renderUserData({
    environment,
    bootstrap: ec2Bootstrap({ archive: `s3://assets/agents/x.tar.gz#sha256=${sha256}` }),
  });
  await new EC2Client(aws.clientConfig()).send(
    new RunInstancesCommand({
      ImageId: "ami-00000000",
      MinCount: 1,
      MaxCount: 1,
      IamInstanceProfile: { Name: "worker" },
      UserData: Buffer.from(userData).toString("base64"),
    }),
  );
  await rebooted.promise;
  const boot = async () => {
    const units = existsSync(wanted) ? (await readdir(wanted)).sort() : [];
    const ran: string[] = [];
    for (const unit of units) {
      const text = await readFile(join(wanted, unit), "utf8");
      const [, unless] = /^ConditionPathExists=!(.+)$/m.exec(text) ?? [];
      if (unless !== undefined && existsSync(unless)) continue;
      const [, command = ""] = /^ExecStart=(.+)$/m.exec(text) ?? [];
      await once(spawn(command, { env, stdio: "ignore" }), "close");
      ran.push(unit);
    }
    return ran;
  };
  const end = async () => {
    done.resolve();
    await aws[Symbol.asyncDispose]();
  };
  return { boot, [Symbol.asyncDispose]: end };
}

test("a machine that is rebooted before it is a worker begins anew, and as a worker does not", async () => {
  await using machine = await rebootOnTheWay();
  expect(existsSync(join(root, "called"))).toBe(false);
  expect(await machine.boot()).toEqual(["muster-bootstrap.service"]);
  expect(await readFile(join(root, "called"), "utf8")).toContain(`ACTIVITY_NAME=${environment.ACTIVITY_NAME}\n`);
  expect(await machine.boot()).toEqual(["muster-worker.service"]);
});

test("needrestart leaves the worker alone", async () => {
  await boot((sha256) => `s3://assets/agents/x.tar.gz#sha256=${sha256}`);
  const file = join(root, "needrestart/conf.d/muster.conf");
  // As needrestart reads it, and asks it.
  const ask = `our %nrconf; do $ARGV[0]; die $@ if $@; my $rc = $nrconf{override_rc};
    for my $re (keys %$rc) { print $rc->{$re} if "muster-worker.service" =~ /$re/ }`;
  const { stdout, stderr } = spawnSync("perl", ["-e", ask, file], { encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "0", stderr: "" });
});

test("with long names and URLs the user data stays within 8 KiB", () => {
  const url = `s3://${"b".repeat(63)}/scripts/${"k".repeat(60)}.sh?versionId=${"v".repeat(32)}#sha256=${"0".repeat(64)}`;
  const long = { ...environment, SCRIPT_URL: url, INIT_URL: url, AFTER_TASK_URL: url, DUMMY_SCRIPT_URL: url };
  const userData = renderUserData({ environment: long, bootstrap: ec2Bootstrap({ archive: url }) });
  expect(Buffer.byteLength(userData)).toBeLessThan(MAX_USER_DATA_BYTES);
});
