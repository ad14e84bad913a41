import { expect, test } from "vitest";
import type { Worker, WorkerState } from "../workers/describe-workers.ts";
import { chooseVictims, type Marks } from "./choose-victims.ts";

const now = new Date("2026-01-03T00:00:00Z");
const HOUR = 3_600_000;
const worker = (instanceId: string, state: WorkerState, ageHours: number): Worker => ({
  instanceId,
  activity: "Make",
  state,
  everReady: state !== "booting",
  stateReason: undefined,
  launchedAt: new Date(now.getTime() - ageHours * HOUR),
  instanceType: "t3.micro",
  market: "on-demand",
  zone: "us-west-2a",
  task: undefined,
  tasks: 0,
});
const judge = (workers: Worker[], { marks = {}, working = [] }: { marks?: Marks; working?: string[] } = {}) =>
  chooseVictims(workers, { marks, holdsTask: (id) => working.includes(id), now });
const mark = (id: string): Marks => ({ [id]: { markedAt: "2026-01-02T23:00:00Z", why: "earlier" } });

test("a machine that never became ready is marked first and terminated a cycle later", () => {
  const stuck = worker("i-stuck", "booting", 1);
  const first = judge([stuck]);
  expect(first.victims).toEqual([]);
  expect(Object.keys(first.marks)).toEqual(["i-stuck"]);
  const second = judge([stuck], { marks: first.marks });
  expect(second).toEqual({ victims: [{ instanceId: "i-stuck", why: "it never became ready" }], marks: {} });
});

test("a marked machine that works by now is left alone, and its mark is forgotten", () => {
  expect(judge([worker("i-1", "active", 30)], { marks: mark("i-1"), working: ["i-1"] })).toEqual({
    victims: [],
    marks: {},
  });
  expect(judge([worker("i-1", "idle", 1)], { marks: mark("i-1") })).toEqual({ victims: [], marks: {} });
});

test("a machine whose tags say booting but which holds a task is never marked", () => {
  expect(judge([worker("i-1", "booting", 3)], { working: ["i-1"] }).marks).toEqual({});
});

test("a day-old machine without a task goes, a working one stays until it is two days old", () => {
  expect(judge([worker("i-1", "idle", 25)], { marks: mark("i-1") }).victims).toHaveLength(1);
  expect(judge([worker("i-1", "active", 47)], { marks: mark("i-1"), working: ["i-1"] }).victims).toEqual([]);
  expect(judge([worker("i-1", "active", 49)], { marks: mark("i-1"), working: ["i-1"] }).victims).toHaveLength(1);
});

test("a machine that is gone is neither marked nor terminated again", () => {
  expect(judge([worker("i-1", "gone", 60)], { marks: mark("i-1") })).toEqual({ victims: [], marks: {} });
});
