import { expect, test } from "vitest";
import { type ScheduledTask, type ScheduleOptions, schedule } from "./schedule.ts";

const task = (name: string, seconds: number): ScheduledTask => ({ name, activity: name.replace(/\d+$/, ""), seconds });

/** One task after another where a number says so: `[[0], [0, 1]]` has nothing before the first, and the first before the second. */
const after = (before: readonly (readonly number[])[]): ScheduleOptions => ({
  isBefore: (one, other) => (before[other] ?? []).includes(one),
  boot: 0,
  idle: 600,
  maxWorkersOf: () => Number.POSITIVE_INFINITY,
  maxWorkers: Number.POSITIVE_INFINITY,
});

const source = task("Source", 100);
const [make1, make2, make3] = [task("Make1", 1000), task("Make2", 2000), task("Make3", 500)];
const publish = task("Publish", 60);
const release = [source, make1, make2, make3, publish];
const flow = after([[], [0], [0], [0], [1, 2, 3]]);

test("what waits for several takes as long as the longest of them, and each new worker boots", () => {
  expect(schedule(release, flow)).toMatchObject({ seconds: 2160, criticalPath: ["Source", "Make2", "Publish"] });
  const booting = schedule(release, { ...flow, boot: 40 });
  expect(booting.seconds).toBe(2160 + 3 * 40);
  expect(booting.atOnce).toBe(4);
  expect(Object.fromEntries(booting.atOnceOf)).toEqual({ Source: 1, Make: 3, Publish: 1 });
  expect(Object.fromEntries(booting.workers)).toEqual({
    Source: { count: 1, seconds: 140 },
    Make: { count: 3, seconds: 3500 + 3 * 40 },
    Publish: { count: 1, seconds: 100 },
  });
});

test("where an activity has few workers its tasks wait for one another, on workers that have booted", () => {
  const few = schedule(release, { ...flow, boot: 40, maxWorkersOf: (activity) => (activity === "Make" ? 2 : 9) });
  // Make1 and Make2 start at 180; Make3 follows Make1 at 1180.
  expect(few).toMatchObject({ seconds: 140 + 2040 + 100, criticalPath: ["Source", "Make2", "Publish"] });
  expect(few.atOnceOf.get("Make")).toBe(2);
  const one = schedule(release, { ...flow, maxWorkersOf: () => 1 });
  expect(one).toMatchObject({ seconds: 3660, criticalPath: ["Source", "Make1", "Make2", "Make3", "Publish"] });
});

test("where a stage has few workers, one has to end before another activity's begins", () => {
  const tight = schedule([source, make1], { ...after([[], [0]]), maxWorkers: 1 });
  expect(tight).toMatchObject({ seconds: 100 + 600 + 1000, atOnce: 1, criticalPath: ["Source", "Make1"] });
});

test("what takes no time holds nothing up, and nothing takes none", () => {
  const unknown = release.map((each) => ({ ...each, seconds: each.activity === "Publish" ? 60 : 0 }));
  expect(schedule(unknown, flow).seconds).toBe(60);
  expect(schedule([], flow)).toMatchObject({ seconds: 0, criticalPath: [], atOnce: 0 });
});

test("a thousand tasks are scheduled in no time", () => {
  const many = Array.from({ length: 1000 }, (_, index) => task(`Make${index}`, 60 + (index % 7)));
  const options = { ...after([]), isBefore: (one: number, other: number) => one % 10 < other % 10 && one < other };
  const started = process.cpuUsage();
  expect(schedule(many, { ...options, maxWorkersOf: () => 50 }).seconds).toBeGreaterThan(0);
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(5000);
});
