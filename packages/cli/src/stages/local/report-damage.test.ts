import { expect, test } from "vitest";
import { reportDamage } from "./report-damage.ts";

test("a damaged execution is called the build that it is, and other damage by its name", () => {
  const told: string[] = [];
  const print = { error: ({ message }: { message: string }) => void told.push(message) } as never;
  const { onDamaged, builds } = reportDamage(print, { machine: "muster", verdict: "cannot be read" });
  onDamaged("muster:1.2.3_tester", "record 3 does not match its checksum");
  onDamaged("/state/ec2/instances/i-1.json", "it is no JSON");
  expect(told).toEqual([
    "the build 1.2.3_tester cannot be read: record 3 does not match its checksum",
    "/state/ec2/instances/i-1.json cannot be read: it is no JSON",
  ]);
  expect([...builds]).toEqual(["1.2.3_tester"]);
});
