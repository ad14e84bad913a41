import { expect, test } from "vitest";
import { type Measured, scaleLines } from "./scale-lines.ts";

const measured = (more: Partial<Measured>): Measured => ({
  tasks: 100,
  status: "SUCCEEDED",
  message: undefined,
  events: 1600,
  seconds: 3600,
  machines: 90,
  distributed: false,
  calls: { "s3.PutObject": 600, "ec2.CreateFleet": 50 },
  buckets: [],
  cpuMs: 5000,
  memoryKb: 20_000,
  ...more,
});
const bucket = { service: "ec2", name: "CreateFleet", burst: 5, refillPerSecond: 2, taken: 50 };

test("what a task costs is told beside the first build of the same form, and calls over AWS's rates are counted", () => {
  const small = measured({});
  const other = measured({ distributed: true, calls: { "s3.PutObject": 1 } });
  const large = measured({
    tasks: 1000,
    calls: { "s3.PutObject": 6600, "ec2.CreateFleet": 550 },
    buckets: [{ ...bucket, leastLeft: -3, refused: 3, firstRefusedMs: 1 }],
  });
  expect(scaleLines([small]).join("\n")).toContain("a task: 50.0 ms of a processor, 200 KB, 6.5 calls\n");
  const lines = scaleLines([small, other, large]);
  expect(lines).toContain("  a task: 5.0 ms of a processor, 20 KB, 7.2 calls (110 % of 100 tasks)");
  expect(lines).toContain("    ec2 CreateFleet: 50 calls, 0 of 5 left, 3 over it");
  expect(scaleLines([])).toEqual([]);
});
