import { expect, test } from "vitest";
import { handMadeRun } from "../testing/hand-made-run.ts";
import { figuresOf, summaryLines } from "./summary.ts";

test("a soak adds up its seeds, and says how long it took from each kind of fault to the next success", () => {
  const once = figuresOf(handMadeRun(), []);
  const again = figuresOf(handMadeRun(), [{ invariant: "a launch token never starts more machines" }]);
  expect(again).toMatchObject({ tasks: 1, retries: 1, duplicateLaunches: 1, orphans: 0 });
  const twice = [once, again];
  const lines = summaryLines(twice, { elapsedSeconds: 4 });
  expect(lines.slice(0, 3)).toEqual([
    "2 seeds in 4 s, 0.50 a second",
    "2 tasks, 2 retries, 2 faults",
    "duplicate launches 1, orphans 0, lost tasks 0, double publishes 0",
  ]);
  expect(lines.at(-1)?.split(/\s+/)).toEqual(["machine.dies", "2", "181", "181", "181"]);
});

test("a machine that is left is an orphan", () => {
  const run = handMadeRun({ leftovers: { running: ["i-2"], leases: [], tokens: [], unended: [] } });
  expect(figuresOf(run, [])).toMatchObject({ orphans: 1 });
});
