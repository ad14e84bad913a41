import { expect, test } from "vitest";
import { stateKey } from "./state-key.ts";

const arn = "arn:aws:states:us-west-2:000000000000:execution:hhvm:4.28.2_someone";

test("records of an execution lie under its name, however it is named", () => {
  expect(stateKey.buildDone(arn)).toBe("executions/4.28.2_someone/done.json");
  expect(stateKey.healthCheckToken("4.28.2_someone")).toBe(stateKey.healthCheckToken(arn));
  for (const key of [stateKey.buildDone(arn), stateKey.healthCheckToken(arn)]) {
    expect(key.startsWith(stateKey.execution(arn))).toBe(true);
  }
});

test("each kind of record of an activity lies under its own prefix", () => {
  expect(stateKey.claim("Make", "i-1").startsWith(stateKey.claims("Make"))).toBe(true);
  expect(stateKey.launch("Make", "2026-11-24T00:00:00.000Z", "token").startsWith(stateKey.launches("Make"))).toBe(true);
  expect(stateKey.demand("Make", "id").startsWith(stateKey.demands("Make"))).toBe(true);
  expect(stateKey.repairLease("Make")).not.toBe(stateKey.exclusiveLease("Make"));
});

test("attempts at a task sort by the time of their claim", () => {
  const keys = ["2026-11-24T09:00:00.000Z", "2026-11-24T10:00:00.000Z"].map((at) =>
    stateKey.attempt(arn, "Make-1.2.3", "i-1", at),
  );
  expect(keys.toSorted()).toEqual(keys);
  expect(keys[0]).toBe("attempts/Make/4.28.2_someone/Make-1.2.3/2026-11-24T09-00-00-000Z_i-1.json");
  expect(keys[0]?.startsWith(stateKey.attempts("Make"))).toBe(true);
});
