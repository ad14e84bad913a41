import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { type RunningMuster, startMuster } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

const run = promisify(execFile);

/** An aws command of before 2.13: it knows where to ask from its words alone, and who asks from the user's files. */
const OLD_AWS = `#!/bin/sh
echo "asked with $*, files $AWS_CONFIG_FILE $AWS_SHARED_CREDENTIALS_FILE"
`;

const hasAws = (() => {
  try {
    execFileSync("aws", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
if (!hasAws) console.info("skipped: this machine has no aws CLI (awscli)");

let workspace: Workspace;
let pipeline: string[];
let oldAws: string;
let local: RunningMuster;
let url: string;
/** What the command tells people to enter in their shell. */
let lines: string;

beforeAll(async () => {
  workspace = await createWorkspace();
  oldAws = dirname(await workspace.write("old/aws", OLD_AWS, { executable: true }));
  const init = `export PATH=${oldAws}:$PATH`;
  pipeline = await writeProbePipeline(workspace, { init, MakeSource: "aws s3 ls" });
  const hosts = ["--allow-host", "build.lan", "--allow-host", "10.0.0.7"];
  local = startMuster(["local", "--port", "0", ...hosts, ...pipeline], {
    cwd: workspace.dir,
  });
  [, url = "", lines = ""] = await local.saw(/answers at (\S+)[^\n]*\n((?: {2}.*\n)+)The last line/);
});

afterAll(async () => {
  local.process.kill("SIGINT");
  await local.ended;
  await workspace[Symbol.asyncDispose]();
});

/** In a shell of somebody who is signed in to AWS. */
async function shell(commands: string): Promise<string> {
  const user = { AWS_PROFILE: "work", AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "REAL", AWS_SESSION_TOKEN: "REAL" };
  const env = { PATH: process.env.PATH, HOME: workspace.dir, ...user };
  return (await run("bash", ["-c", `${lines}\n${commands}`], { env })).stdout;
}

test("what it prints leads an aws command that knows no variable there, and past the user's own keys", async () => {
  const clients = join(workspace.dir, ".muster/clients");
  expect(await shell(`PATH=${oldAws}:$PATH; aws s3 ls`)).toBe(
    `asked with --endpoint-url ${url} s3 ls, files ${clients}/config ${clients}/credentials\n`,
  );
  expect(await shell('echo "$AWS_ACCESS_KEY_ID,$AWS_PROFILE,$AWS_SESSION_TOKEN,$AWS_REGION"')).toBe(
    "local,,,us-west-2\n",
  );
  expect(statSync(clients).mode & 0o077).toBe(0);
});

test.skipIf(!hasAws)(
  "this machine's aws command asks there by the printed lines, or by the profile alone",
  async () => {
    expect(await shell("aws s3 ls")).toContain("probe-downloads");
    const profile = "unset AWS_ENDPOINT_URL; command aws stepfunctions list-activities --query 'activities[].name'";
    expect(await shell(`${profile} --output text`)).toContain("probe-make-source");
  },
);

test("a worker's script reaches the endpoint by any aws command, which finds none of the user's files", async () => {
  const built = await workspace.muster("build", "1.0.0", "MakeSource", ...pipeline);
  expect(built.exitCode, built.stderr).toBe(0);
  const logs = await workspace.muster("logs", "MakeSource-1.0.0", ...pipeline);
  expect(logs.stdout).toContain(`asked with --endpoint-url ${url} s3 ls, files /dev/null /dev/null\n`);
});

test("requests to names that were allowed are answered, and to no other", async () => {
  const ask = async (host: string): Promise<number | undefined> => {
    const [answer] = await once(request(`${url}/_health`, { headers: { host } }).end(), "response");
    answer.resume();
    return answer.statusCode;
  };
  const { port } = new URL(url);
  expect(await Promise.all(["Build.Lan", `10.0.0.7:${port}`, "localhost"].map(ask))).toEqual([200, 200, 200]);
  expect(await Promise.all(["other.lan", "10.0.0.8", "build.lan.evil.example"].map(ask))).toEqual([403, 403, 403]);
});

test("what is no name of a host is refused before anything starts", async () => {
  const { exitCode, stderr } = await workspace.muster("local", "--allow-host", "*", ...pipeline);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^muster: "\*" is not the name of a host/);
});
