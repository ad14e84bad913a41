import { expect, test } from "vitest";
import { tickSeconds } from "./tick-seconds.ts";

test("a build of few events is checked every five minutes, however long it takes", () => {
  for (const healthChecks of [0, 48, 1000]) expect(tickSeconds({ events: 6249, healthChecks })).toBe(300);
});

test("a long history is checked half as often after every 48 checks, but every forty minutes at least", () => {
  const pace = (healthChecks: number) => tickSeconds({ events: 6250, healthChecks });
  expect([0, 47, 48, 95, 96, 143, 144, 10_000].map(pace)).toEqual([300, 300, 600, 600, 1200, 1200, 2400, 2400]);
});

test("the checks of a day take less of a long history than the thousandth task's two interruptions leave", () => {
  let healthChecks = 0;
  for (let seconds = 0; seconds < 86_400; healthChecks++) seconds += tickSeconds({ events: 20_000, healthChecks });
  // Sixteen events a task, three for each interruption, thirteen a check.
  expect(1000 * (16 + 2 * 3) + healthChecks * 13).toBeLessThan(24_000);
});

test("the checks of a build that waits two weeks for a person leave room for seven hundred tasks", () => {
  let [events, healthChecks] = [0, 0];
  for (let seconds = 0; seconds < 14 * 86_400; healthChecks++, events += 13)
    seconds += tickSeconds({ events, healthChecks });
  expect(events + 700 * 16).toBeLessThan(25_000);
});
