import { expect, test } from "vitest";
import { tellLittleSpace } from "./tell-little-space.ts";

async function told(stateDir: string): Promise<string[]> {
  const notes: string[] = [];
  const print = { note: (line: string) => notes.push(line) };
  await tellLittleSpace({ env: { cwd: "/" }, globals: { stateDir }, print } as never);
  return notes;
}

test("a disk that is nearly full is said by name", async () => {
  // There is no room there for anything.
  expect(await told("/proc/sys/state")).toEqual([
    "only 0 B are free below proc/sys/state: a build that fills the disk is interrupted, and goes on when there is room",
  ]);
});
