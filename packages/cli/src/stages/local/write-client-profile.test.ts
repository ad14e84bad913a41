import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeClientProfile } from "./write-client-profile.ts";

const url = "http://127.0.0.1:4566";
const region = "us-west-2";
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "client-profile-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

test("its files are their owner's alone, also where they lay open", () => {
  const clients = join(dir, "clients");
  mkdirSync(clients, { mode: 0o755 });
  writeFileSync(join(clients, "credentials"), "", { mode: 0o644 });
  writeClientProfile({ dir: clients, url, region });
  expect(modeOf(clients)).toBe("700");
  const files = readdirSync(clients);
  expect(files.sort()).toEqual(["config", "credentials"]);
  expect(files.map((name) => modeOf(join(clients, name)))).toEqual(["600", "600"]);
});

test("who asks AWS by mistake is nobody whom it knows", () => {
  const environment = writeClientProfile({ dir, url, region });
  expect(environment).toMatchObject({ AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" });
  for (const file of [environment.AWS_CONFIG_FILE, environment.AWS_SHARED_CREDENTIALS_FILE]) {
    const keys = readFileSync(file ?? "", "utf8").match(/^aws_.*$/gm);
    expect(keys).toEqual(["aws_access_key_id = local", "aws_secret_access_key = local"]);
  }
});

const CLIENTS = `
import boto3, json, sys
names = ["cloudfront", "cloudwatch", "logs", "ec2", "events", "lambda", "s3", "service-quotas", "stepfunctions", "ssm", "sts", "iam"]
session = boto3.Session()
print(json.dumps({
    "endpoints": sorted({session.client(name).meta.endpoint_url for name in names}),
    "region": session.region_name,
    "key": session.get_credentials().access_key,
}))
`;

const hasBoto3 = (() => {
  try {
    // Those before it know no endpoint_url in a profile.
    execFileSync(
      "python3",
      ["-c", "import boto3; assert tuple(map(int, boto3.__version__.split('.')[:2])) >= (1, 28)"],
      {
        stdio: "ignore",
      },
    );
    return true;
  } catch {
    return false;
  }
})();
if (!hasBoto3) console.info("skipped: this machine has no boto3 of 1.28 or later (python3-boto3)");

test.skipIf(!hasBoto3)("the profile alone leads every client of boto3 there, and past the user's own keys", () => {
  mkdirSync(join(dir, ".aws"));
  writeFileSync(join(dir, ".aws/credentials"), "[default]\naws_access_key_id = REAL\naws_secret_access_key = REAL\n");
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = writeClientProfile({
    dir: join(dir, "clients"),
    url,
    region,
  });
  const env = { PATH: process.env.PATH, HOME: dir, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE };
  const seen = JSON.parse(execFileSync("python3", ["-c", CLIENTS], { encoding: "utf8", env }));
  expect(seen).toEqual({ endpoints: [url], region, key: "local" });
});
