import { expect, test } from "vitest";
import { ExecutionContext, GetPlatformsAnswer, HealthCheckAnswer, PrepareActivityAnswer } from "./events.ts";

const execution = {
  id: "arn:aws:states:us-west-2:000000000000:execution:hhvm:build",
  name: "build",
  startTime: "2026-11-24T23:35:00.123Z",
};
const taskInput = {
  name: "MakeSourceTarball-4.28.2",
  activity: "MakeSourceTarball",
  version: "4.28.2",
  execution: execution.id,
  debug: "",
  timeoutSeconds: 1800,
  heartbeatSeconds: 300,
  env: { VERSION: "4.28.2" },
};

test("an execution's start may be written in any zone, but must be a time", () => {
  expect(ExecutionContext.safeParse(execution).success).toBe(true);
  expect(ExecutionContext.safeParse({ ...execution, startTime: "2026-11-24T15:35:00-08:00" }).success).toBe(true);
  expect(ExecutionContext.safeParse({ ...execution, startTime: "today" }).success).toBe(false);
});

test("a step that runs has a task input, one that is skipped needs none", () => {
  expect(PrepareActivityAnswer.safeParse({ skip: true, reason: "it exists" }).success).toBe(true);
  expect(PrepareActivityAnswer.safeParse({ skip: false, reason: "it does not", taskInput }).success).toBe(true);
  expect(PrepareActivityAnswer.safeParse({ skip: false, reason: "it does not" }).success).toBe(false);
  expect(PrepareActivityAnswer.safeParse({ skip: true }).success).toBe(false);
});

test("platforms are a list of names, and a health check says whether another follows", () => {
  expect(GetPlatformsAnswer.safeParse(["debian-12-bookworm"]).success).toBe(true);
  expect(GetPlatformsAnswer.safeParse("debian-12-bookworm").success).toBe(false);
  expect(HealthCheckAnswer.safeParse({ continue: false, launched: 2 }).success).toBe(true);
  expect(HealthCheckAnswer.safeParse({}).success).toBe(false);
});
