import { expect, test } from "vitest";
import { columnsOf } from "../text-columns.ts";
import { barLine } from "./progress-bar.ts";

const startedAt = new Date("2026-11-24T12:00:00Z");
const later = (minutes: number) => new Date(startedAt.getTime() + minutes * 60_000);
const bar = (
  { now, columns = 100, unknown = 0 }: { now: number; columns?: number; unknown?: number },
  endsAfter = 40,
) =>
  barLine(
    { seconds: endsAfter * 60, endsAt: later(endsAfter), tasksOfUnknownTime: unknown },
    { startedAt, now: later(now), columns, style: (_format, text) => text },
  );

test.each<[{ now: number; columns?: number; unknown?: number }, string]>([
  [{ now: 10 }, `${"━".repeat(7)}${"─".repeat(23)}  10:00 of about 40:00, until 12:40 UTC`],
  [{ now: 39.9, unknown: 2 }, `${"━".repeat(29)}─  39:54 of no less than 40:00, until 12:40 UTC`],
  [{ now: 40 }, `${"━".repeat(29)}─  40:00, and what is left takes longer than usual`],
  [{ now: 10, columns: 50 }, `${"━".repeat(2)}${"─".repeat(9)}  10:00 of about 40:00, until 12:40 UTC`],
  [{ now: 10, columns: 40 }, "10:00 of about 40:00, until 12:40 UTC"],
])("%j", (at, line) => {
  expect(bar(at)).toBe(line);
  expect(columnsOf(line)).toBeLessThanOrEqual(at.columns ?? 100);
});

test("an end on another day is of that day", () => {
  expect(bar({ now: 10 }, 20 * 60)).toMatch(/ 10:00 of about 20:00:00, until 2026-11-25 08:00 UTC$/);
});
