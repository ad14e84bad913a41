import { expect, test } from "vitest";
import { parseTimestamp } from "./timestamp.ts";

test.each<[string, number]>([
  ["2026-01-31T12:00:00Z", Date.UTC(2026, 0, 31, 12)],
  ["2026-01-31T12:00:00.250Z", Date.UTC(2026, 0, 31, 12, 0, 0, 250)],
  ["2026-01-31T12:00:00.123456789Z", Date.UTC(2026, 0, 31, 12) + 123.456789],
  ["2026-01-31T12:00:00+05:30", Date.UTC(2026, 0, 31, 6, 30)],
  ["2026-01-31T12:00:00-01:00", Date.UTC(2026, 0, 31, 13)],
  ["2026-01-31T12:00Z", Date.UTC(2026, 0, 31, 12)],
  ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
])("%s is a timestamp", (text, expected) => {
  expect(parseTimestamp(text)).toBeCloseTo(expected, 3);
});

test.each([
  "2026-01-31T12:00:00",
  "2026-01-31 12:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-02-29T00:00:00Z",
  "2026-01-00T00:00:00Z",
  "2026-01-31T24:00:00Z",
  "2026-01-31T12:60:00Z",
  "2026-01-31t12:00:00z",
  "31-01-2026T12:00:00Z",
  "2026-01-31",
  "",
])("%j is none", (text) => {
  expect(parseTimestamp(text)).toBeUndefined();
});
