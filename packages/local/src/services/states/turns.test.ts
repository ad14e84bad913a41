import { expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import type { Execution } from "./interpreter/execution.ts";
import { createTurns } from "./turns.ts";

const execution = {} as Execution;

/** Turns that write down what they do. */
function recordedTurns() {
  const clock = virtualClock();
  const done: string[] = [];
  const turns = createTurns({
    clock,
    write: () => done.push("write"),
    onEvent: (_, eventId) => done.push(`event ${eventId}`),
  });
  return { clock, done, turns };
}

test("callbacks and observers hear of a change when it is written, in that order", () => {
  const { done, turns } = recordedTurns();
  const result = turns.run(() => {
    turns.observe(execution, 1);
    turns.afterWrite(() => done.push("callback"));
    done.push("change");
    return 42;
  });
  expect(result).toBe(42);
  expect(done).toEqual(["change", "write", "callback", "event 1"]);
});

test("what a callback changes is written in the same turn, before anything hears of it", () => {
  const { done, turns } = recordedTurns();
  turns.run(() => {
    turns.afterWrite(() => {
      turns.run(() => {
        turns.observe(execution, 2);
        turns.afterWrite(() => done.push("second callback"));
      });
      done.push("first callback");
    });
  });
  expect(done).toEqual(["write", "first callback", "write", "second callback", "event 2"]);
});

test("a turn is one instant, and the next one is another", () => {
  const { clock, turns } = recordedTurns();
  const start = clock.now();
  turns.run(() => {
    clock.advance(1000);
    expect(turns.now()).toBe(start);
    turns.run(() => expect(turns.now()).toBe(start));
  });
  expect(turns.now()).toBe(start + 1000);
  turns.run(() => expect(turns.now()).toBe(start + 1000));
});

test("a turn that fails is over", () => {
  const { clock, done, turns } = recordedTurns();
  expect(() =>
    turns.run(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  clock.advance(1000);
  turns.run(() => done.push("next"));
  expect(done).toEqual(["next", "write"]);
});
