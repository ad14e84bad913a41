import { expect, test } from "vitest";
import { policyOf, usualPolicy } from "./policy.ts";

test("what a stage's policy leaves out is as usual", () => {
  expect(policyOf({})).toEqual(usualPolicy);
  expect(policyOf({ policy: { startAhead: true } })).toEqual({ ...usualPolicy, startAhead: true });
  const whole = {
    startAhead: true,
    order: "longest-first",
    idleWorkers: "reused",
    idleSeconds: 60,
    criticalPath: "on-demand",
  } as const;
  expect(policyOf({ policy: whole })).toEqual(whole);
});
