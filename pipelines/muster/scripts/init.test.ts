import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { privateKey } from "../artifacts.ts";

/** Sources init as an agent does, where these are shell variables, and shows what tasks get of them. */
function source(variables: Readonly<Record<string, string>>, path = "/usr/local/bin:/usr/bin:/bin") {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  const program = [
    ...assignments,
    `PATH='${path}'`,
    `source ${join(import.meta.dirname, "init.sh")} || exit`,
    "export -p",
  ];
  return spawnSync("/bin/bash", ["-c", program.join("\n")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: "/usr/bin:/bin" },
  });
}

const local = { STATE_BUCKET: "muster-state", AWS_ENDPOINT_URL: "http://127.0.0.1:1" };

test("tasks learn where the signing key and the checkout are, and nothing else of the agent", () => {
  const { status, stdout } = source({ ...local, MUSTER_REPOSITORY: "/checkout", ACTIVITY_ARN: "arn" });
  expect(status).toBe(0);
  expect(stdout).toContain(`SIGNING_KEY="s3://muster-state/${privateKey.key}"`);
  expect(stdout).toContain('MUSTER_REPOSITORY="/checkout"');
  expect(stdout).not.toMatch(/ACTIVITY_ARN|STATE_BUCKET=/);
});

test("npm is needed where there is no checkout to take dependencies from", () => {
  const { stderr } = source({ ...local, MUSTER_REPOSITORY: "/checkout" }, "/nowhere");
  expect(stderr).toMatch(/^this machine has no dpkg-deb git gzip tar: /);
});

test("somebody's own machine that lacks a program is told so, and nothing is installed", () => {
  const { status, stderr } = source(local, "/nowhere");
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      "this machine has no dpkg-deb git gzip tar npm: install what is missing (apt-get install dpkg git gzip npm tar) and build again\n",
  });
});
