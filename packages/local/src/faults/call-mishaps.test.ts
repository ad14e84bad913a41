import { CreateActivityCommand, DescribeActivityCommand, SFNClient } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { openFaultyAws, outcomeOf } from "./testing/open-faulty-aws.ts";

/** One activity; the first time that it is created, something happens. */
function openStates(mishap: string) {
  const kind = `states.${mishap}` as "states.lost";
  const world = openFaultyAws({ [kind]: 1 }, { only: [`${kind}/CreateActivity A#1`] });
  const sfn = new SFNClient(world.config);
  return {
    ...world,
    kind,
    create: () => sfn.send(new CreateActivityCommand({ name: "A" })),
    exists: () =>
      sfn
        .send(
          new DescribeActivityCommand({
            activityArn: `arn:aws:states:us-west-2:000000000000:activity:A`,
          }),
        )
        .then(
          () => true,
          () => false,
        ),
  };
}

test.each([
  ["throttled", "ThrottlingException 400", false],
  ["failed", "InternalFailure 500", false],
  ["unavailable", "Unknown 503", false],
  ["reset", "ECONNRESET", false],
  ["timed-out", "ETIMEDOUT", false],
  ["delayed", "answered", true],
  ["slow", "answered", true],
  ["straggling", "ECONNRESET", false],
  ["repeated", "answered", true],
  ["lost", "ECONNRESET", true],
])("a call that is %s ends with %s, once, and is told of", async (mishap, outcome, tookEffect) => {
  const { create, exists, until, faults, kind } = openStates(mishap);
  expect(await until(outcomeOf(create()))).toBe(outcome);
  expect(await exists()).toBe(tookEffect);
  expect(faults).toEqual([
    {
      id: `${kind}/CreateActivity A#1`,
      kind,
      atMs: expect.any(Number),
      what: expect.stringContaining("CreateActivity A: "),
    },
  ]);
  expect(await until(outcomeOf(create()))).toBe("answered");
  expect(faults).toHaveLength(1);
});
