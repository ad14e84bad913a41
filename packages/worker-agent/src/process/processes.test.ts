import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

/** An account that no process of this machine's belongs to. */
const NOBODY = 65_534;

test("a group of another user's is there, though the agent may not signal it", ({ skip, onTestFinished }) => {
  if (process.getuid?.() !== 0) return skip("becoming another user needs root");
  // A group of its own: whoever is in the group may always signal one of it.
  const other = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  onTestFinished(() => void other.kill());
  // It reads the code first: what lies in a folder of root's own is not for others.
  const program = `
    import { signalGroup } from ${JSON.stringify(join(import.meta.dirname, "processes.ts"))};
    process.setuid(${NOBODY});
    console.log(signalGroup(${other.pid}, 0), signalGroup(2 ** 30, 0));
  `;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program];
  expect(execFileSync(process.execPath, flags, { encoding: "utf8" })).toBe("true false\n");
});
