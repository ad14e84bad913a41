import { expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import { createAlarms } from "./alarms.ts";

test("what is due at the same instant goes off together", () => {
  const clock = virtualClock(0);
  const rings: string[][] = [];
  const alarms = createAlarms<string>(clock, (subjects) => rings.push([...subjects]));
  alarms.set(10, "a");
  alarms.set(20, "b");
  alarms.set(10, "c");
  clock.advance(30);
  expect(rings).toEqual([["a", "c"], ["b"]]);
});

test("an alarm that was cancelled does not go off, and leaves no timer behind", () => {
  const clock = virtualClock(0);
  const rings: string[][] = [];
  const alarms = createAlarms<string>(clock, (subjects) => rings.push([...subjects]));
  const cancelA = alarms.set(10, "a");
  const cancelB = alarms.set(10, "b");
  cancelA();
  expect(clock.pending).toBe(1);
  cancelB();
  expect(clock.pending).toBe(0);
  const cancelC = alarms.set(10, "c");
  cancelB();
  clock.advance(10);
  cancelC();
  expect(rings).toEqual([["c"]]);
});

test("an alarm set while others go off has a timer of its own", () => {
  const clock = virtualClock(0);
  const rings: string[] = [];
  const alarms = createAlarms<string>(clock, (subjects) => {
    for (const subject of subjects) rings.push(subject);
    if (rings.length === 1) alarms.set(10, "again");
  });
  alarms.set(10, "first");
  clock.advance(10);
  expect(rings).toEqual(["first", "again"]);
});
