import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { expect, test } from "vitest";
import type { FaultKind } from "../../faults/fault-kinds.ts";
import { openFaultyAws } from "../../faults/testing/open-faulty-aws.ts";

/** A function that gets events of one kind; says which came, and when. */
async function openRule(kind: FaultKind, faulty: readonly number[]) {
  const came: { n: number; atSeconds: number }[] = [];
  const world = openFaultyAws(
    { [kind]: { Counted: 1 } },
    {
      only: faulty.map((n) => `${kind}/Counted all#${n}`),
      functions: {
        take: async (event) => {
          came.push({ n: (event as { detail: { n: number } }).detail.n, atSeconds: world.elapsed() });
        },
      },
    },
  );
  const events = new EventBridgeClient(world.config);
  await events.send(new PutRuleCommand({ Name: "all", EventPattern: '{"source":["test"]}' }));
  const Arn = "arn:aws:lambda:us-west-2:000000000000:function:take";
  await events.send(new PutTargetsCommand({ Rule: "all", Targets: [{ Id: "1", Arn }] }));
  for (const n of [1, 2, 3]) {
    const Detail = JSON.stringify({ n });
    await events.send(new PutEventsCommand({ Entries: [{ Source: "test", DetailType: "Counted", Detail }] }));
  }
  await world.pass(7200);
  return { ...world, came, order: came.map(({ n }) => n) };
}

test("an event that is lost does not come; others do", async () => {
  const { order, faults } = await openRule("event.lost", [2]);
  expect(order).toEqual([1, 3]);
  expect(faults).toMatchObject([{ id: "event.lost/Counted all#2", what: "Counted for all: lost" }]);
});

test("an event that is late comes behind those that were sent after it", async () => {
  const { order, came, faults } = await openRule("event.late", [1]);
  expect(order).toEqual([2, 3, 1]);
  expect(came[2]?.atSeconds).toBeGreaterThanOrEqual(1);
  expect(came[2]?.atSeconds).toBeLessThanOrEqual(1800);
  expect(faults).toHaveLength(1);
});

test("an event may come twice, the second time later", async () => {
  const { order, faults } = await openRule("event.twice", [1]);
  expect(order).toEqual([1, 2, 3, 1]);
  expect(faults).toHaveLength(1);
});
