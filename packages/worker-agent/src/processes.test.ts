import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readProcesses } from "./process-table.ts";

/** An account that no process of this machine's belongs to. */
const NOBODY = 65_534;

test("a group of another user's is there, though the agent may not signal it", ({ skip }) => {
  const isRoot = process.getuid?.() === 0;
  const own = readProcesses().find(({ pid }) => pid === process.pid)?.group ?? 0;
  if (!isRoot || own <= 1) return skip("becoming another user needs root");
  // It reads the code first: what lies in a folder of root's own is not for others.
  const program = `
    import { signalGroup } from ${JSON.stringify(join(import.meta.dirname, "processes.ts"))};
    process.setuid(${NOBODY});
    console.log(signalGroup(${own}, 0), signalGroup(2 ** 30, 0));
  `;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program];
  expect(execFileSync(process.execPath, flags, { encoding: "utf8" })).toBe("true false\n");
});
