import { expect, test } from "vitest";
import { seededRandom } from "./seeded-random.ts";

const take = (seed: string, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

test("a seed gives the same numbers each time, and another seed others", () => {
  expect(take("a", 20)).toEqual(take("a", 20));
  expect(take("a", 20)).not.toEqual(take("b", 20));
});

test("the numbers spread evenly over 0 ≤ x < 1", () => {
  const numbers = take("spread", 20_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const tenths = Array.from({ length: 10 }, (_, tenth) => numbers.filter((x) => Math.floor(x * 10) === tenth).length);
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
});
