import {
  CreateTagsCommand,
  GetConsoleOutputCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import type { RunningInstance } from "./run-instance.ts";
import { base64, failure, openEc2 } from "./testing/open-ec2.ts";

test("an instance goes from pending through running to terminated, and is forgotten after an hour", async () => {
  const { aws, clock, ec2, describe, runOne, stateOf } = openEc2({ ec2: { bootMs: 30_000, shutdownMs: 5_000 } });
  const id = await runOne();
  expect(await stateOf(id)).toBe("pending");
  clock.advance(30_000);
  expect(await stateOf(id)).toBe("running");
  const { TerminatingInstances } = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect(TerminatingInstances).toMatchObject([
    { PreviousState: { Name: "running" }, CurrentState: { Name: "shutting-down" } },
  ]);
  await aws.idle();
  clock.advance(5_000);
  await aws.idle();
  const [instance] = await describe({ InstanceIds: [id] });
  expect(instance).toMatchObject({
    State: { Name: "terminated" },
    StateReason: { Code: "Client.UserInitiatedShutdown" },
  });
  clock.advance(3_600_000);
  expect(await failure(describe({ InstanceIds: [id] }))).toBe("InvalidInstanceID.NotFound");
});

test("an instance runs its user data, knows its tags, and shutting down from inside ends it as its launch template says", async () => {
  const seen: RunningInstance[] = [];
  const { ec2, runOne, stateOf, settle } = openEc2({
    async runInstance(instance) {
      seen.push(instance);
      instance.console("bye\n");
    },
  });
  const input = {
    UserData: base64("#!/bin/sh\necho hi\n"),
    TagSpecifications: [{ ResourceType: "instance" as const, Tags: [{ Key: "Name", Value: "ww-0" }] }],
  };
  const dying = await runOne({ ...input, InstanceInitiatedShutdownBehavior: "terminate" });
  const stopping = await runOne(input);
  await settle();
  expect(seen.map(({ userData, tags }) => [userData, tags])).toEqual([
    ["#!/bin/sh\necho hi\n", { Name: "ww-0" }],
    ["#!/bin/sh\necho hi\n", { Name: "ww-0" }],
  ]);
  expect(await stateOf(dying)).toBe("terminated");
  expect(await stateOf(stopping)).toBe("stopped");
  const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: dying }));
  expect(Buffer.from(Output ?? "", "base64").toString()).toBe("bye\n");
});

test("terminating an instance aborts what it runs, and waits for its end", async () => {
  let finish = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let aborted = false;
  const { aws, ec2, runOne, stateOf, settle } = openEc2({
    runInstance: ({ signal }) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return ended;
    },
  });
  const id = await runOne();
  await settle();
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect(aborted).toBe(true);
  await aws.idle();
  expect(await stateOf(id)).toBe("shutting-down");
  finish();
  await aws.idle();
  expect(await stateOf(id)).toBe("terminated");
});

test("what an instance throws is on its console", async () => {
  const { ec2, runOne, stateOf, settle } = openEc2({
    runInstance: async () => Promise.reject(new Error("no boot loader")),
  });
  const id = await runOne({ InstanceInitiatedShutdownBehavior: "terminate" });
  await settle();
  const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
  expect(Buffer.from(Output ?? "", "base64").toString()).toContain("no boot loader");
  expect(await stateOf(id)).toBe("terminated");
});

test("a stopped instance starts again", async () => {
  const { ec2, runOne, stateOf, settle } = openEc2();
  const id = await runOne();
  await settle();
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await settle();
  expect(await stateOf(id)).toBe("stopped");
  await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  await settle();
  expect(await stateOf(id)).toBe("running");
});

test("a new instance is not known for a moment, by id or in lists or to tags", async () => {
  const { aws, clock, ec2, describe, runOne } = openEc2({ ec2: { visibilityDelayMs: 2_000 } });
  const id = await runOne();
  expect(await describe()).toEqual([]);
  expect(await failure(describe({ InstanceIds: [id] }))).toBe("InvalidInstanceID.NotFound");
  expect(await failure(ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "a", Value: "b" }] })))).toBe(
    "InvalidInstanceID.NotFound",
  );
  expect(aws.ec2.instances()).toHaveLength(1);
  clock.advance(2_000);
  expect(await describe()).toHaveLength(1);
});

test("an instance that never boots looks as if it ran, and its console tells", async () => {
  let booted = 0;
  const { aws, ec2, run, runOne, stateOf, settle } = openEc2({
    async runInstance() {
      booted++;
    },
  });
  aws.ec2.faults.neverBoot({ count: 1, console: "cloud-init: no network\n" });
  const id = await runOne();
  await run();
  await settle();
  expect(booted).toBe(1);
  expect(await stateOf(id)).toBe("running");
  const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
  expect(Buffer.from(Output ?? "", "base64").toString()).toBe("cloud-init: no network\n");
});
