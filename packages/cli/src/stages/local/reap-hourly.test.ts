import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reapHourly } from "./reap-hourly.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the reaper runs at once and every hour, until it is ended", async () => {
  const reap = vi.fn(async () => {});
  const end = reapHourly(reap, () => {});
  expect(reap).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(2 * 3_600_000);
  expect(reap).toHaveBeenCalledTimes(3);
  await end();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(reap).toHaveBeenCalledTimes(3);
});

test("what is under way is waited for, and an error is told without ending the rest", async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const errors: unknown[] = [];
  const end = reapHourly(
    () => promise,
    (error) => errors.push(error),
  );
  const ended = end();
  const disk = new Error("the disk is full");
  reject(disk);
  await ended;
  expect(errors).toEqual([disk]);
});
