import type { Step } from "@muster/history";
import { activity, forEachPlatform, forEachVersion } from "@muster/pipeline";
import { expect, test } from "vitest";
import { columnsOf } from "../text-columns.ts";
import { matrixLines } from "./matrix-lines.ts";
import { statusMatrix } from "./status-matrix.ts";
import { countTasks } from "./task-counts.ts";

const start = new Date("2026-11-24T12:00:00Z");
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const worker = { instanceTypes: ["t3.micro"] as const };
const of = (per: "version" | "platform", name: string) => ({ name, per, script: "x.sh", timeout: 600, worker });
const flow = forEachVersion(
  activity({ ...of("version", "MakeSource"), per: "version" }),
  forEachPlatform(activity({ ...of("platform", "MakePackage"), per: "platform" })),
  activity({ ...of("version", "Publish"), per: "version" }),
);

const step = (name: string, place: object, more: Partial<Step>): Step =>
  ({ kind: "activity", name, key: name, enteredAt: start, attempts: [], ...place, ...more }) as Step;
const worked = (instance: string, ...more: string[]): Pick<Step, "attempts"> => ({
  attempts: [instance, ...more].map((each) => ({ scheduledAt: start, startedAt: later(2), instance: each })),
});
const source = { per: "version", version: "1.2.3" };
const debian = { per: "platform", version: "1.2.3", platform: "debian-12-bookworm" };
const ubuntu = { per: "platform", version: "1.2.3", platform: "ubuntu-24.04-noble" };

const matrix = statusMatrix(
  [
    step("ParseInput", { per: "build" }, { kind: "function", state: "succeeded", endedAt: later(1) }),
    step("MakePackage", debian, { state: "running", ...worked("i-2", "i-3") }),
    step("MakePackage", ubuntu, { state: "failed", endedAt: later(65), ...worked("i-4") }),
    step("MakeSource", source, { state: "succeeded", endedAt: later(12), ...worked("i-1") }),
    step("MakeSource", { per: "version", version: "1.2.4" }, { state: "skipped", endedAt: later(3) }),
    step("MakePackage", { ...debian, version: "1.2.5" }, { state: "retrying", ...worked("i-5") }),
    step("UpdateIndices", { per: "build" }, { kind: "function", state: "running", ...worked("") }),
  ],
  { flow, toCome: [{ step: "Publish", place: { per: "version", version: "1.2.3" } }], goesOn: true },
);
const drawn = (columns: number) => matrixLines(matrix, { columns, style: (_format, text) => text, now: later(70) });

test("each task has its state, time, worker and attempt where there is room: steps in the order of the flow, platforms below their version", () => {
  const { detail, lines } = drawn(120);
  expect(detail).toBe("worker");
  expect(lines).toEqual([
    "                        MakeSource  MakePackage    Publish  UpdateIndices",
    "  1.2.3                 ✔ 12 s i-1                 ·",
    "    debian-12-bookworm              ● 1:08 ×2 i-3",
    "    ubuntu-24.04-noble              ✖ 1:05 i-4",
    "  1.2.4                 –",
    "  1.2.5",
    "    debian-12-bookworm              ↻ 1:10 i-5",
    "  the build                                                 ● 1:08",
  ]);
});

test("in less room steps' names stand in stairs, then workers are left out, then times", () => {
  expect(drawn(70).detail).toBe("worker");
  expect(drawn(70).lines.slice(0, 5)).toEqual([
    "                        MakeSource",
    "                        │           MakePackage",
    "                        │           │              Publish",
    "                        │           │              │  UpdateIndices",
    "  1.2.3                 ✔ 12 s i-1                 ·",
  ]);
  expect(drawn(55)).toMatchObject({ detail: "time" });
  expect(drawn(39).detail).toBe("state");
  expect(drawn(39).lines.slice(4, 7)).toEqual([
    "  1.2.3                 ✔     ·",
    "    debian-12-bookworm     ●",
    "    ubuntu-24.04-noble     ✖",
  ]);
  expect(drawn(30)).toMatchObject({ detail: "counts" });
  expect(drawn(30).lines).toContain("  MakePackage    ✖ 1  ↻ 1  ● 1");
});

test.each([120, 90, 70, 60, 50, 40, 30, 20])("no line takes more than %d columns", (columns) => {
  expect(Math.max(...drawn(columns).lines.map(columnsOf))).toBeLessThanOrEqual(columns);
});

test("every task is counted once, and what the build adds is none", () => {
  expect(countTasks(matrix)).toEqual({
    failed: 1,
    "cut off": 0,
    again: 1,
    asks: 0,
    running: 1,
    waiting: 0,
    "to come": 1,
    done: 1,
    skipped: 1,
  });
});

test("what is not finished of a build that has ended was cut off", () => {
  const open = step("MakePackage", debian, { state: "running", ...worked("i-2") });
  expect(countTasks(statusMatrix([open], { flow, toCome: [], goesOn: false }))).toMatchObject({
    "cut off": 1,
    running: 0,
  });
});
