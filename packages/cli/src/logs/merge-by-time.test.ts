import { expect, test } from "vitest";
import type { LogLine } from "./log-reader.ts";
import { mergeByTime } from "./merge-by-time.ts";

const lines = (name: string, ...timestamps: number[]): LogLine[] =>
  timestamps.map((timestamp, index) => ({ timestamp, message: `${name}${index}` }));
const merged = (...streams: LogLine[][]) => mergeByTime(streams).map(({ message }) => message);

test("lines of several workers come in the order of their time", () => {
  expect(merged(lines("a", 1, 4, 6), lines("b", 2, 3, 7), lines("c", 5))).toEqual([
    "a0",
    "b0",
    "b1",
    "a1",
    "c0",
    "a2",
    "b2",
  ]);
});

test("lines of one moment, and of a clock that was set back, keep their stream's order", () => {
  expect(merged(lines("a", 5, 3, 5), lines("b", 4, 5, 6))).toEqual(["b0", "a0", "a1", "a2", "b1", "b2"]);
});
