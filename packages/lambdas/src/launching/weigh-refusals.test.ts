import type { Refusal } from "@muster/pipeline";
import { expect, test } from "vitest";
import { anotherMarketMayHelp, weighRefusals } from "./weigh-refusals.ts";

const errors = (refusals: readonly Refusal[]) => refusals.map((refusal) => ({ refusal }));

test.each<{ met: Refusal[]; verdict: Refusal; onDemand: boolean }>([
  { met: ["capacity", "capacity", "capacity", "configuration"], verdict: "capacity", onDemand: true },
  { met: ["configuration", "quota"], verdict: "quota", onDemand: true },
  { met: ["throttling", "capacity"], verdict: "capacity", onDemand: true },
  { met: ["configuration", "unknown"], verdict: "unknown", onDemand: true },
  { met: ["unknown", "throttling"], verdict: "unknown", onDemand: true },
  { met: ["configuration", "throttling"], verdict: "throttling", onDemand: false },
  { met: ["configuration", "configuration"], verdict: "configuration", onDemand: false },
])("$met together are a matter of $verdict", ({ met, verdict, onDemand }) => {
  for (const order of [met, met.toReversed()]) {
    expect(weighRefusals(errors(order))).toBe(verdict);
    expect(anotherMarketMayHelp(errors(order))).toBe(onDemand);
  }
});

test("where nothing was refused, another market may have what is missing", () => {
  expect(weighRefusals([])).toBeUndefined();
  expect(anotherMarketMayHelp([])).toBe(true);
});
