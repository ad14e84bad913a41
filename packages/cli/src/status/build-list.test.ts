import { expect, test } from "vitest";
import { columnsOf } from "../text-columns.ts";
import { buildList } from "./build-list.ts";

const now = new Date("2026-11-24T13:00:00Z");
const build = (name: string, status: string, minutes: number, endedAt?: Date) => ({
  name,
  executionArn: `arn:${name}`,
  running: status === "RUNNING",
  status,
  startedAt: new Date(+now - minutes * 60_000),
  endedAt,
});
const builds = [
  build("1.2.4_alice_2026-11-24_1250", "RUNNING", 10),
  build("1.2.3_alice_2026-11-24_1200", "FAILED", 60, new Date("2026-11-24T12:04:10Z")),
  build("1.2.2_bob_2026-11-24_1100", "TIMED_OUT", 120, new Date("2026-11-24T11:30:00Z")),
];
const list = (columns: number | undefined, moving = true) =>
  buildList(builds, { columns, style: (_format, text) => text, now, moving });

test("builds are a line each: how they are, for how long, and since when", () => {
  expect(list(undefined)).toEqual([
    "●  1.2.4_alice_2026-11-24_1250  running    10:00  2026-11-24 12:50 UTC",
    "✖  1.2.3_alice_2026-11-24_1200  failed     4:10   2026-11-24 12:00 UTC",
    "✖  1.2.2_bob_2026-11-24_1100    timed out  30:00  2026-11-24 11:00 UTC",
  ]);
  expect(list(undefined, false)[0]).toMatch(/^◌ .* interrupted /);
});

test.each([60, 45, 40, 20])("in %d columns the right is left out first", (columns) => {
  const lines = list(columns);
  expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(columns);
  expect(lines[0]).toMatch(/^● {2}1\.2\.4_alice/);
});

test("that nothing was built is said", () => {
  expect(buildList([], { columns: 40, style: (_format, text) => text, now, moving: true })).toEqual([
    "nothing has been built here yet",
  ]);
});
