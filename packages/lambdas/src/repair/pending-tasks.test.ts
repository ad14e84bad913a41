import { type Retry, retriesOf } from "@muster/pipeline";
import { expect, test } from "vitest";
import type { TaskOfBuild } from "../builds/tasks-of-history.ts";
import { isPending } from "./pending-tasks.ts";

const failedAt = new Date(Date.UTC(2026, 0, 1));
const minutesLater = (minutes: number) => new Date(failedAt.getTime() + minutes * 60_000);
const resting = (...errors: string[]): TaskOfBuild => ({
  activityArn: "arn",
  name: "Make-1.2.3",
  execution: "arn:execution",
  debug: "",
  templateVersion: undefined,
  state: "backing-off",
  scheduledEventId: 1,
  scheduledAt: failedAt,
  waitingSince: failedAt,
  startedAt: undefined,
  instance: undefined,
  machines: [],
  errors,
  failedAt,
  timeoutSeconds: 3600,
  interruptions: 0,
  lastEnded: failedAt,
});
const failed = "Muster.ScriptFailed";
const pending = (task: TaskOfBuild, minutes: number, retries?: readonly Retry[]) =>
  isPending(task, { retries: retriesOf(retries === undefined ? {} : { retries }), now: minutesLater(minutes) });

test("a task that is tried again within five minutes needs a worker at once", () => {
  expect(pending(resting(failed), 0)).toBe(true);
  expect(pending(resting(failed, failed), 0)).toBe(true);
});

test("one that rests for an hour needs none until it is nearly over", () => {
  const retries = [{ maxAttempts: 1, interval: 3600 }];
  expect(pending(resting(failed), 0, retries)).toBe(false);
  expect(pending(resting(failed), 50, retries)).toBe(false);
  expect(pending(resting(failed), 55, retries)).toBe(true);
  expect(pending(resting(failed), 61, retries)).toBe(true);
});

test("one that is not tried again needs none, and a lost machine's task needs one whatever its activity says", () => {
  expect(pending(resting(failed), 0, [])).toBe(false);
  expect(pending(resting(failed, failed, failed), 0)).toBe(false);
  expect(pending(resting("Muster.WorkerInterrupted"), 0, [])).toBe(true);
});

test("a task of a skip build waits for workers that are started by hand", () => {
  expect(pending({ ...resting(failed), debug: "skip_ec2" }, 0)).toBe(false);
});
