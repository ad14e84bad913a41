import { expect, test } from "vitest";
import { bare, everything, stage } from "../testing/sample-stages.ts";
import { reservedConcurrencyNeeds } from "./reserved-concurrency.ts";

test("what stages reserve for functions is said with the quota that it needs, for each account and region", () => {
  const elsewhere = { ...bare("muster"), account: "444455556666", reservedConcurrency: { Reap: 3 } };
  const stages = [
    stage("prod", everything("hhvm")),
    stage("staging", { ...bare("muster"), reservedConcurrency: { Repair: 2 } }),
    stage("canary", bare("muster")),
    stage("other", elsewhere),
  ];
  expect(reservedConcurrencyNeeds(stages)).toEqual([
    "prod, staging: with 57 executions reserved, Lambda's quota L-B99A9384 must be 157 or more for 111122223333 in us-west-2; a new account has less",
    "other: with 3 executions reserved, Lambda's quota L-B99A9384 must be 103 or more for 444455556666 in us-west-2; a new account has less",
  ]);
  expect(reservedConcurrencyNeeds([stage("canary", bare("muster"))])).toEqual([]);
});
