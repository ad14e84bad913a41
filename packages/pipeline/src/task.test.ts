import { expect, test } from "vitest";
import { MAX_CAUSE_BYTES, publishedTask, TaskFailureCause, TaskInput, TaskSuccess, taskName } from "./task.ts";

test("a task is named after its activity, version and platform; the only one in a build after its activity", () => {
  expect(taskName("MakeSourceTarball", { per: "version", version: "4.28.2" })).toBe("MakeSourceTarball-4.28.2");
  expect(taskName("MakeBinaryPackage", { per: "platform", version: "4.28.2", platform: "ubuntu-18.04-bionic" })).toBe(
    "MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic",
  );
  expect(taskName("Announce", { per: "build" })).toBe("Announce");
});

test("what a script adds to its success is kept", () => {
  const success = { ec2: "i-0abc", time_sec: "278", note: "signed", digest: "sha256:…" };
  expect(TaskSuccess.parse(success)).toEqual(success);
});

test("a cause that names machine, time, exit code and reason fits its limit", () => {
  const cause = {
    ec2: "i-0123456789abcdef0",
    time_sec: "14340",
    exit: 137,
    message: "the script was killed: out of memory",
  };
  expect(TaskFailureCause.parse(cause)).toEqual(cause);
  expect(Buffer.byteLength(JSON.stringify(cause))).toBeLessThanOrEqual(MAX_CAUSE_BYTES);
});

test("a task's input says what it is about; that of a function that had no word for it is understood too", () => {
  const fields = {
    name: "Make-1.2.3",
    activity: "Make",
    execution: "arn",
    debug: "",
    timeoutSeconds: 60,
    heartbeatSeconds: 30,
  };
  const env = { VERSION: "1.2.3" };
  const input = { ...fields, env, per: "version", version: "1.2.3" };
  expect(TaskInput.parse(input)).toEqual(input);
  expect(TaskInput.parse({ ...fields, env, version: "1.2.3" })).toEqual(input);
  expect(TaskInput.safeParse({ ...fields, env, per: "platform", version: "1.2.3" }).success).toBe(false);
});

test("a task of a skip_ec2 build has its variables as shell text too, and is read like any other", () => {
  const task = TaskInput.parse({
    name: "Make-1.2.3",
    activity: "Make",
    version: "1.2.3",
    execution: "arn",
    debug: "skip_ec2",
    timeoutSeconds: 60,
    heartbeatSeconds: 30,
    env: { VERSION: "1.2.3", NOTE: 'it\'s "new"' },
  });
  expect(publishedTask(task)).toEqual({
    ...task,
    env: "export VERSION='1.2.3'\nexport NOTE='it'\\''s \"new\"'",
    variables: task.env,
  });
  expect(TaskInput.parse(JSON.parse(JSON.stringify(publishedTask(task))))).toEqual(task);
  for (const debug of ["", "fake_ec2", "test_build"] as const)
    expect(publishedTask({ ...task, debug })).toEqual({ ...task, debug });
});
