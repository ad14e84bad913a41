import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installAwsCommand } from "./install-aws-command.ts";

const URL = "http://127.0.0.1:4566";
let folder: string;
let bin: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-command-"));
  // A folder's name may hold what a shell would read otherwise.
  bin = join(folder, "it's bin");
  mkdirSync(bin);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An `aws` that tells with which words it was called. */
function machineWithAws(name = "usr"): string {
  const own = join(folder, name);
  mkdirSync(own);
  writeFileSync(join(own, "aws"), `#!/bin/sh\nprintf '%s\\n' ${name} "$@"\n`, { mode: 0o755 });
  return own;
}

const script = (text: string, env: Record<string, string>) =>
  spawnSync("/bin/bash", ["-c", text], { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });

test("an aws command of any age asks the one address, with the script's words as they are", () => {
  const usr = machineWithAws();
  const PATH = [bin, join(folder, "nothing"), usr].join(":");
  installAwsCommand(bin, PATH);
  const { stdout } = script(`aws s3 cp "a  b" '*' ''`, { PATH, AWS_ENDPOINT_URL: URL });
  expect(stdout).toBe(["usr", "--endpoint-url", URL, "s3", "cp", "a  b", "*", "", ""].join("\n"));
});

test("a script that asks AWS itself, and unsets the address, is left alone", () => {
  const PATH = [bin, machineWithAws()].join(":");
  installAwsCommand(bin, PATH);
  expect(script("aws --version", { PATH }).stdout).toBe("usr\n--version\n");
});

test("the command is the one that the script's own PATH names first", () => {
  const usr = machineWithAws();
  installAwsCommand(bin, usr);
  const PATH = [bin, machineWithAws("opt"), usr].join(":");
  expect(script("aws", { PATH, AWS_ENDPOINT_URL: URL }).stdout).toMatch(/^opt\n/);
  const gone = script("aws", { PATH: bin, AWS_ENDPOINT_URL: URL });
  expect(gone).toMatchObject({ status: 127, stderr: "aws: command not found\n" });
});

test("a machine without the command is left without it", () => {
  const PATH = [bin, folder].join(":");
  mkdirSync(join(folder, "aws"));
  installAwsCommand(bin, PATH);
  expect(existsSync(join(bin, "aws"))).toBe(false);
  const { status, stderr } = script("aws s3 ls", { PATH, AWS_ENDPOINT_URL: URL });
  expect(status).toBe(127);
  expect(stderr).toMatch(/^\/bin\/bash: line 1: aws: command not found\n$/);
});

test("it is not taken for the command that it stands for", () => {
  const PATH = [bin, machineWithAws()].join(":");
  installAwsCommand(bin, PATH);
  installAwsCommand(bin, PATH);
  expect(execFileSync(join(bin, "aws"), { encoding: "utf8", env: { PATH, AWS_ENDPOINT_URL: URL } })).toMatch(/^usr\n/);
});
