import { expect, test } from "vitest";
import { WorkerEnvironment } from "./worker-environment.ts";

const environment = {
  ACTIVITY_ARN: "arn:aws:states:us-west-2:000000000000:activity:hhvm-make-source-tarball",
  SCRIPT_URL: "s3://assets/scripts/abc/make.sh#sha256=abc",
  DUMMY_SCRIPT_URL: "file:///srv/dummy.sh",
  ACTIVITY_NAME: "MakeSourceTarball",
  AWS_REGION: "us-west-2",
  LOG_GROUP: "/muster/local/hhvm/make-source-tarball",
  STATE_BUCKET: "state",
  SCRATCH_BUCKET: "scratch",
};

test("init, after-task and times may be absent", () => {
  expect(WorkerEnvironment.safeParse(environment).success).toBe(true);
});

test.each([
  ["SCRIPT_URL", "http://example.org/make.sh"],
  ["INIT_URL", "/srv/init.sh"],
  ["IDLE_SECONDS", "ten minutes"],
  ["MAX_LIFETIME_SECONDS", "-1"],
])("%s=%s is refused by name", (name, value) => {
  const { error } = WorkerEnvironment.safeParse({ ...environment, [name]: value });
  expect(error?.issues.map(({ path }) => path)).toEqual([[name]]);
});
