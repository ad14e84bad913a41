import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { unreadBuild } from "./build-history.ts";
import { readEvent } from "./read-event.ts";
import type { Reading } from "./reading.ts";
import type { Step } from "./step.ts";

const at = new Date("2026-11-24T12:00:00Z");
const waiting: Step = {
  kind: "activity",
  name: "MakePackage",
  per: "version",
  version: "1.2.3",
  key: "MakePackage-1.2.3",
  state: "waiting",
  enteredAt: at,
  attempts: [{ scheduledAt: at }],
};

/** A task in its state: entered by event 5, its last event is 7. */
const reading: Reading = {
  facts: unreadBuild,
  stepsByEntry: new Map([[5, waiting]]),
  entryOfKey: new Map([[waiting.key, 5]]),
  places: new Map([[7, { stateName: "MakePackage", entry: 5 }]]),
};
const event = (type: HistoryEvent["type"], details: Partial<HistoryEvent> = {}): HistoryEvent => ({
  id: 8,
  previousEventId: 7,
  type,
  timestamp: at,
  ...details,
});

test("an event says how its step stands now, and where its chain goes on", () => {
  const started = event("ActivityStarted", { activityStartedEventDetails: { workerName: "ec2_i-1" } });
  expect(readEvent(reading, started)).toEqual({
    place: { stateName: "MakePackage", entry: 5 },
    steps: [[5, { ...waiting, state: "running", attempts: [{ scheduledAt: at, startedAt: at, instance: "i-1" }] }]],
  });
  expect(reading.stepsByEntry.get(5)).toEqual({ ...waiting, attempts: [{ scheduledAt: at }] });
});

test("a state that is left is no place any more", () => {
  expect(readEvent(reading, event("TaskStateExited"))).toEqual({ place: "left" });
});

test("an event of no state with a task says nothing", () => {
  expect(readEvent(reading, { ...event("ChoiceStateExited"), previousEventId: 3 })).toEqual({});
  expect(readEvent(reading, { ...event("ActivityStarted"), previousEventId: 3 })).toEqual({});
});

test("a build ends with the results that it had, or else with its output", () => {
  const succeeded = event("ExecutionSucceeded", { executionSucceededEventDetails: { output: '{"A":{}}' } });
  expect(readEvent(reading, succeeded)).toMatchObject({
    facts: { state: "succeeded", endedAt: at, results: { A: {} } },
  });
  const normalized = { ...reading, facts: { ...reading.facts, results: { B: {} } } };
  expect(readEvent(normalized, succeeded)).toMatchObject({ facts: { results: { B: {} } } });
});
