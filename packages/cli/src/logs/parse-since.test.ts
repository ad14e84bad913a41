import { expect, test } from "vitest";
import { parseSince } from "./parse-since.ts";

const now = new Date("2026-11-30T09:30:00Z");
const since = (text: string) => new Date(parseSince(text, now)).toISOString();

test.each([
  ["30s", "2026-11-30T09:29:30.000Z"],
  ["10m", "2026-11-30T09:20:00.000Z"],
  ["1.5h", "2026-11-30T08:00:00.000Z"],
  ["2 d", "2026-11-28T09:30:00.000Z"],
  ["09:15", "2026-11-30T09:15:00.000Z"],
  ["09:15:20Z", "2026-11-30T09:15:20.000Z"],
  ["23:00", "2026-11-29T23:00:00.000Z"],
  ["2026-11-29", "2026-11-29T00:00:00.000Z"],
  ["2026-11-30T09:15", "2026-11-30T09:15:00.000Z"],
  ["2026-11-30 09:15:30", "2026-11-30T09:15:30.000Z"],
  ["2026-11-30T09:15:30.250Z", "2026-11-30T09:15:30.250Z"],
  ["2026-11-30T10:15+01:00", "2026-11-30T09:15:00.000Z"],
  ["2026-11-30T10:15+0100", "2026-11-30T09:15:00.000Z"],
])("%s", (text, time) => expect(since(text)).toBe(time));

test.each([
  "",
  "yesterday",
  "10",
  "10 minutes",
  "-5m",
  "24:00",
  "09:60",
  "2026-02-30",
  "2026-13-01",
  "2026-02-30T09:00",
])("%j is no time, and what is one is said", (text) => {
  expect(() => parseSince(text, now)).toThrow(`--since "${text}" is no time`);
  expect(() => parseSince(text, now)).toThrow(expect.objectContaining({ hint: expect.stringContaining("10m") }));
});

test("what is still to come has no lines", () => {
  expect(() => parseSince("2026-12-01", now)).toThrow(
    '--since "2026-12-01" is still to come: it is 2026-11-30T09:30:00Z',
  );
});
