import { expect, test } from "vitest";
import { matchesError, type Retrier, retryDelaySeconds } from "./retry-catch.ts";

test.each([
  ["its own name", ["Custom"], { error: "Custom" }, true],
  ["another name", ["Custom"], { error: "Other" }, false],
  ["States.ALL", ["States.ALL"], { error: "Other" }, true],
  ["States.ALL, an error without a name", ["States.ALL"], { error: undefined }, true],
  ["States.TaskFailed", ["States.TaskFailed"], { error: "Other" }, true],
  ["States.TaskFailed, a timeout", ["States.TaskFailed"], { error: "States.Timeout" }, false],
  ["States.Timeout, a lost heartbeat", ["States.Timeout"], { error: "States.Timeout", heartbeat: true }, true],
  [
    "States.HeartbeatTimeout, a lost heartbeat",
    ["States.HeartbeatTimeout"],
    { error: "States.Timeout", heartbeat: true },
    true,
  ],
  ["States.HeartbeatTimeout, a timeout", ["States.HeartbeatTimeout"], { error: "States.Timeout" }, false],
  ["States.ALL, a fatal error", ["States.ALL"], { error: "States.Runtime", fatal: true }, false],
  ["the name of a fatal error", ["States.Runtime"], { error: "States.Runtime", fatal: true }, false],
])("%s", (_what, errorEquals, failure, expected) => {
  expect(matchesError(errorEquals, { cause: undefined, ...failure })).toBe(expected);
});

test("the delay grows by the rate up to its maximum, and jitter takes a part of it", () => {
  const retrier: Retrier = {
    errorEquals: [],
    intervalSeconds: 5,
    maxAttempts: 9,
    backoffRate: 2,
    maxDelaySeconds: 60,
    fullJitter: false,
  };
  const delays = [0, 1, 2, 3, 4].map((attempts) => retryDelaySeconds(retrier, attempts, () => 0.5));
  expect(delays).toEqual([5, 10, 20, 40, 60]);
  expect(retryDelaySeconds({ ...retrier, fullJitter: true }, 1, () => 0.5)).toBe(5);
});
