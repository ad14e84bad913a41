import { expect, test } from "vitest";
import { describeStep } from "./describe-step.ts";
import type { Attempt, Step } from "./step.ts";

const at = (minutes: number): Date => new Date(Date.UTC(2026, 10, 24, 12, minutes));
/** One that a worker had from a minute after its scheduling until a minute before the next. */
const attempt = (number: number): Attempt => ({
  scheduledAt: at(10 * number + 1),
  startedAt: at(10 * number + 2),
  endedAt: at(10 * number + 9),
  instance: `i-${number + 1}`,
});
const open = ({ endedAt: _, ...rest }: Attempt): Attempt => rest;
const cause = JSON.stringify({ ec2: "i-3", time_sec: "420", exit: 2, line: "foo.cpp:12:3: error: after all" });
const failed = { error: "Muster.ScriptFailed", cause };

const words = (more: Partial<Step>, now = at(59)): string =>
  describeStep({ kind: "activity", name: "Make", per: "build", key: "Make", enteredAt: at(0), ...more } as Step, now)
    .words;

test("a step's time is from when the build came to it to its end, with all its attempts", () => {
  const attempts = [attempt(0)];
  expect(words({ state: "succeeded", endedAt: at(9), attempts })).toBe("9:00 on i-1");
  expect(words({ state: "failed", endedAt: at(9), attempts, ...failed })).toBe(
    "FAILED: Muster.ScriptFailed, exit 2 on i-1 after 9:00: foo.cpp:12:3: error: after all",
  );
});

test("of several attempts it says how many, and who had the last", () => {
  const attempts = [attempt(0), attempt(1), attempt(2)];
  expect(words({ state: "succeeded", endedAt: at(29), attempts })).toBe("29:00, 3 attempts, the last on i-3");
  expect(words({ state: "failed", endedAt: at(29), attempts, ...failed })).toBe(
    "FAILED: Muster.ScriptFailed, exit 2 on i-3 after 29:00 and 3 attempts: foo.cpp:12:3: error: after all",
  );
  const calls = attempts.map(({ instance: _, ...rest }) => rest);
  expect(words({ state: "succeeded", kind: "function", endedAt: at(29), attempts: calls })).toBe("29:00, 3 attempts");
});

test("a step under way says for how long it is, and from the second attempt on how long it takes in all", () => {
  expect(words({ state: "running", attempts: [open(attempt(0))] }, at(5))).toBe("running for 3:00 on i-1");
  const attempts = [attempt(0), open(attempt(1))];
  expect(words({ state: "running", attempts }, at(15))).toBe("running for 3:00 on i-2 (attempt 2, 15:00 in all)");
  const waiting: Partial<Step> = { state: "waiting", attempts: [attempt(0), { scheduledAt: at(11) }] };
  expect(words(waiting, at(15))).toBe("waiting for a worker for 4:00 (attempt 2, 15:00 in all)");
  expect(words({ ...waiting, deferred: { why: "no capacity", at: at(12) } }, at(15))).toBe(
    "waiting for a worker for 4:00 (no capacity; attempt 2, 15:00 in all)",
  );
  const retrying = { state: "retrying", error: "E" } as const;
  expect(words({ ...retrying, attempts: [attempt(0)] })).toBe("to be tried again: E on i-1");
  expect(words({ ...retrying, attempts: [attempt(0), attempt(1)] }, at(20))).toBe(
    "to be tried again: E on i-2 (2 attempts, 20:00 in all)",
  );
});

test("after a redrive, time and attempts are those of the build's new run", () => {
  const attempts = [attempt(0), attempt(1), attempt(4)];
  expect(words({ state: "succeeded", resumedAt: at(40), endedAt: at(49), attempts })).toBe("9:00 on i-5");
});

test("a step whose preparation failed has its time too", () => {
  const reason = "PrepareToMake failed";
  const unprepared = { state: "failed", error: "E", cause: "no template", reason, attempts: [] } as const;
  expect(words({ ...unprepared, endedAt: at(1) })).toBe("FAILED: PrepareToMake failed: E, no template after 1:00");
});
