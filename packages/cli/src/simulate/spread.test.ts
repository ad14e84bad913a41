import { expect, test } from "vitest";
import { spreadOf } from "./spread.ts";

test("a spread is where the middle nine of ten values lie, whatever their order", () => {
  const upTo = Array.from({ length: 101 }, (_, index) => (index * 37) % 101);
  expect(spreadOf(upTo)).toEqual({ p5: 5, median: 50, p95: 95 });
  expect(spreadOf([4, 2])).toEqual({ p5: 2.1, median: 3, p95: 3.9 });
  expect(spreadOf([7])).toEqual({ p5: 7, median: 7, p95: 7 });
  expect(spreadOf([])).toBeUndefined();
});
