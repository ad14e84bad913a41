import { expect, test } from "vitest";
import { hours, minutes, seconds } from "./duration.ts";

test("durations are seconds", () => {
  expect([seconds(30), minutes(30), hours(4)]).toEqual([30, 1800, 14_400]);
});
