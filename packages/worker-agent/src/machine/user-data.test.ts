import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { localBootstrap, renderUserData } from "./user-data.ts";

const environment = {
  ACTIVITY_ARN: "arn:aws:states:us-west-2:123456789012:activity:hhvm-make-binary-package",
  ACTIVITY_NAME: "MakeBinaryPackage",
  SCRIPT_URL: "s3://assets/scripts/ab/it's here.sh#sha256=00",
  DUMMY_SCRIPT_URL: "s3://assets/scripts/cd/dummy.sh",
  AWS_REGION: "us-west-2",
  LOG_GROUP: "/muster/prod/hhvm/make-binary-package",
  STATE_BUCKET: "state",
  SCRATCH_BUCKET: "scratch",
};

test("user data is a script that exports what the agent is told, whatever is in the values", () => {
  const userData = renderUserData({ environment, bootstrap: "env -0" });
  expect(userData.startsWith("#!/bin/bash\nexport ")).toBe(true);
  const printed = execFileSync("bash", ["-s"], { input: userData, env: { PATH: process.env.PATH } }).toString();
  const got = Object.fromEntries(printed.split("\0").map((entry) => entry.split(/=(.*)/s, 2)));
  expect(got).toMatchObject(environment);
});

test("variables that are not there are not exported", () => {
  expect(renderUserData({ environment, bootstrap: "" })).not.toContain("INIT_URL");
});

test("user data that EC2 might refuse is refused here, with its size", () => {
  const bootstrap = "#".repeat(8200);
  expect(() => renderUserData({ environment, bootstrap })).toThrow(/MakeBinaryPackage has \d+ bytes, more than 8192/);
});

test("an environment that an agent could not work with is refused", () => {
  expect(() => renderUserData({ environment: { ...environment, SCRIPT_URL: "ftp://x" }, bootstrap: "" })).toThrow(
    "must be an s3://, https:// or file:// URL",
  );
});

test("the local bootstrap runs the agent, wherever it lies, and turns the machine off whatever the agent ends with", () => {
  const bootstrap = localBootstrap({ node: "/bin/echo", agent: "/it's/agent.mjs" });
  const run = (text: string) => {
    const { stdout, status } = spawnSync("bash", ["--norc", "-c", text], {
      env: { MUSTER_SHUTDOWN: "echo" },
      encoding: "utf8",
    });
    return { lines: stdout.trimEnd().split("\n"), status };
  };
  expect(run(bootstrap)).toEqual({
    lines: [expect.stringMatching(/ \/it's\/agent\.mjs --owned$/), "-h now"],
    status: 0,
  });
  expect(run(bootstrap.replace("/bin/echo", "/bin/false"))).toEqual({ lines: ["-h now"], status: 1 });
});

test("a machine that nobody says how to turn off is not turned off", () => {
  const bootstrap = localBootstrap({ node: "/bin/true", agent: "/agent.mjs" });
  const { status } = spawnSync("bash", ["--norc", "-c", bootstrap], { env: { PATH: process.env.PATH } });
  expect(status).toBe(0);
  expect(bootstrap).not.toMatch(/(^|[^_])shutdown/i);
});
