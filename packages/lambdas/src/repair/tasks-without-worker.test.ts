import type { LaunchRecord, Refusal } from "@muster/pipeline";
import { expect, test } from "vitest";
import { isRefusedForGood } from "./tasks-without-worker.ts";

const START = Date.UTC(2026, 0, 1);
const minute = (count: number) => new Date(START + count * 60_000);

/** A launch that was asked for at that minute, and what it met. */
function launch(at: number, met: readonly Refusal[], instances: string[] = []): LaunchRecord {
  return {
    activity: "A",
    clientToken: String(at),
    requestedAt: minute(at).toISOString(),
    wanted: 1,
    market: "spot",
    launchedBy: "",
    demands: [],
    finished: true,
    instances,
    errors: met.map((refusal) => ({ refusal, code: refusal, message: "" })),
  };
}
const refused = (at: number) => launch(at, ["configuration"]);
const waitingSince = minute(0);

test.each<{ what: string; launches: LaunchRecord[]; forGood: boolean }>([
  { what: "one refusal", launches: [refused(0)], forGood: false },
  { what: "three within minutes", launches: [refused(0), refused(1), refused(9)], forGood: false },
  { what: "two, however far apart", launches: [refused(0), refused(60)], forGood: false },
  { what: "three over ten minutes", launches: [refused(0), refused(5), refused(10)], forGood: true },
  {
    what: "three, and silence between them",
    launches: [refused(0), launch(5, ["throttling"]), refused(10), refused(15)],
    forGood: true,
  },
  {
    what: "a lack of capacity between them",
    launches: [refused(0), refused(5), launch(8, ["configuration", "capacity"]), refused(10), refused(15)],
    forGood: false,
  },
  {
    what: "a machine between them",
    launches: [refused(0), refused(5), launch(8, ["configuration"], ["i-1"]), refused(10)],
    forGood: false,
  },
  {
    what: "an error that nobody knows at the end",
    launches: [refused(0), refused(5), refused(10), launch(15, ["unknown"])],
    forGood: false,
  },
  { what: "refusals from before it waited", launches: [refused(-10), refused(-5), refused(0)], forGood: false },
  {
    what: "a limit, which asks for nothing",
    launches: [refused(0), { ...refused(5), wanted: 0 }, refused(10)],
    forGood: false,
  },
])("$what: for good is $forGood", ({ launches, forGood }) => {
  expect(isRefusedForGood({ waitingSince }, launches)).toBe(forGood);
});
