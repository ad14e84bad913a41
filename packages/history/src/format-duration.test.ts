import { expect, test } from "vitest";
import { formatDuration } from "./format-duration.ts";

test.each([
  [-5, "0.0 s"],
  [620, "0.6 s"],
  [9_949, "9.9 s"],
  [9_960, "10 s"],
  [59_499, "59 s"],
  [59_600, "1:00"],
  [278_000, "4:38"],
  [3_712_000, "1:01:52"],
])("%d ms read %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("what is still counting shows whole seconds", () => {
  expect([999, 1_700, 61_900].map((ms) => formatDuration(ms, { whole: true }))).toEqual(["0 s", "1 s", "1:01"]);
});
