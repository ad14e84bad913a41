import { expect, test } from "vitest";
import { minimise } from "./minimise.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

test.each([{ needed: [] }, { needed: [17] }, { needed: [3, 98] }, { needed: [0, 1, 50, 51, 99] }])(
  "of a hundred those are left that it takes: $needed",
  async ({ needed }) => {
    const left = await minimise(upTo(100), async (some) => needed.every((each) => some.includes(each)));
    expect(left).toEqual(needed);
  },
);

test("where several would do alone, one is left", async () => {
  const left = await minimise(upTo(64), async (some) => some.includes(5) || some.includes(60));
  expect(left).toHaveLength(1);
});

test("a few of many are found in few runs", async () => {
  let runs = 0;
  await minimise(upTo(500), async (some) => {
    runs++;
    return some.includes(123) && some.includes(321);
  });
  expect(runs).toBeLessThan(120);
});
