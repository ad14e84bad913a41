import { expect, test } from "vitest";
import { handMadeRun } from "../testing/hand-made-run.ts";
import { timeline } from "./timeline.ts";

test("a timeline tells in the order of time what went wrong and what came of it", () => {
  const lines = timeline(handMadeRun()).split("\n");
  expect(lines.slice(0, 8)).toEqual([
    "  0:00:00  build-1 starts",
    "  0:00:00  Source-1.0.0 is published",
    "  0:00:00  i-1 is launched for Source",
    "  0:01:00  Source-1.0.0 runs on i-1",
    "  0:02:00  ! machine.dies: i-1 (Source): its hardware fails",
    "  0:02:00  Source-1.0.0 on i-1: its script died with its machine",
    "  0:02:00  i-1 does nothing any more",
    "  0:02:01  Source-1.0.0: Muster.WorkerInterrupted",
  ]);
});

test("it ends with what must not be", () => {
  const run = handMadeRun({ leftovers: { running: ["i-2"], leases: [], tokens: [], unended: [] } });
  expect(timeline(run)).toContain(
    "broken: at the end no machine runs, no lease is held, no token is open\n        i-2 still runs",
  );
});
