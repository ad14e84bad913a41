import { expect, test } from "vitest";
import { parseSchedule } from "./schedule.ts";

const start = Date.UTC(2026, 0, 31, 12, 0, 30);
const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16));
const following = (expression: string, count: number) => {
  const next = parseSchedule(expression, start);
  const times: (string | undefined)[] = [];
  for (let at: number | undefined = start; times.length < count && at !== undefined; times.push(iso(at))) at = next(at);
  return times;
};

test.each([
  ["rate(5 minutes)", ["2026-01-31T12:05", "2026-01-31T12:10"]],
  ["rate(1 day)", ["2026-02-01T12:00", "2026-02-02T12:00"]],
  ["cron(0/20 12 * * ? *)", ["2026-01-31T12:20", "2026-01-31T12:40", "2026-02-01T12:00"]],
  ["cron(0 0 L * ? *)", ["2026-02-28T00:00", "2026-03-31T00:00"]],
  ["cron(15 10 ? * 6L *)", ["2026-02-27T10:15", "2026-03-27T10:15"]],
  ["cron(0 9 ? * 2#1 *)", ["2026-02-02T09:00", "2026-03-02T09:00"]],
  ["cron(0 18 ? * MON-FRI *)", ["2026-02-02T18:00", "2026-02-03T18:00"]],
  ["cron(0 8 29 2 ? *)", ["2028-02-29T08:00", "2032-02-29T08:00"]],
  ["cron(30 6 1,15 JAN,DEC ? 2026)", ["2026-12-01T06:30", "2026-12-15T06:30", undefined]],
])("%s", (expression, times) => {
  expect(following(expression, times.length)).toEqual(times);
});

test.each([
  "",
  "rate(0 minutes)",
  "rate(1 minutes)",
  "rate(5 minute)",
  "rate(5 weeks)",
  "cron(0 12 * * *)",
  "cron(0 12 * * * *)",
  "cron(60 0 * * ? *)",
  "cron(0 0 ? * 8 *)",
  "cron(0 0/0 * * ? *)",
  "at(2026-01-01)",
])("%j is refused", (expression) => {
  expect(() => parseSchedule(expression, start)).toThrow("ScheduleExpression is not valid");
});
