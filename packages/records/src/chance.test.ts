import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Chance, chance, underChance } from "./chance.ts";

const decided: Chance = {
  fraction: () => 0.25,
  uuid: () => "00000000-0000-4000-8000-000000000000",
  pause: async () => {},
  abortAfter: () => AbortSignal.abort(),
};

test("what runs under a decided chance gets it, also later, and nobody else does", async () => {
  const under = underChance(decided, async () => {
    await turn();
    return chance().fraction();
  });
  expect(chance().uuid()).not.toBe(chance().uuid());
  expect(await under).toBe(0.25);
  expect(chance()).not.toBe(decided);
});
