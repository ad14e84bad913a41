import { expect, test } from "vitest";
import type { Stage } from "../stages/stage.ts";
import { stageAsker } from "./ask-stage.ts";

/** Stages as they are opened one after the other, and which of them were closed. */
function stages(...owners: readonly Stage["movedBy"][]) {
  const closed: number[] = [];
  let opened = 0;
  const open = async () => {
    const index = opened++;
    return { movedBy: owners[index], close: async () => void closed.push(index) } as unknown as Stage;
  };
  return { open, closed };
}

const owner = (pid: number) => ({ pid, url: "http://127.0.0.1:1" });
const whoMoves = async ({ movedBy }: Stage) => movedBy;
const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

test("where the process has gone that moves the builds, that is said once, and the next look is at the stage as it is then", async () => {
  const { open, closed } = stages(owner(7), owner(8));
  const ask = stageAsker(open);
  expect(await ask(whoMoves)).toEqual(owner(7));
  await expect(ask(() => Promise.reject(refused))).rejects.toThrow(
    "process 7, which moved the builds here, does not answer any more",
  );
  expect(closed).toEqual([0]);
  expect(await ask(whoMoves)).toEqual(owner(8));
  expect(await ask(whoMoves)).toEqual(owner(8));
});

test("where nobody moves them, each look is at the stage anew, and what was looked at is closed", async () => {
  const { open, closed } = stages("nobody", "nobody", owner(9));
  const ask = stageAsker(open);
  expect(await ask(whoMoves)).toBe("nobody");
  expect(await ask(whoMoves)).toBe("nobody");
  expect(await ask(whoMoves)).toEqual(owner(9));
  expect(closed).toEqual([0, 1]);
});

test("any other failure is its own, and the stage stays", async () => {
  const { open, closed } = stages("aws");
  const ask = stageAsker(open);
  await expect(ask(() => Promise.reject(new Error("ExpiredToken")))).rejects.toThrow("ExpiredToken");
  expect(await ask(whoMoves)).toBe("aws");
  expect(closed).toEqual([]);
});
