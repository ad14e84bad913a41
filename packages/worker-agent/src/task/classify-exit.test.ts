import { expect, test } from "vitest";
import { classifyExit } from "./classify-exit.ts";

const calm = { reason: undefined, outOfMemory: false };

test("a script that exits with 0 has not failed", () => {
  expect(classifyExit({ code: 0, leftBehind: 0 }, calm)).toBeUndefined();
  expect(classifyExit({ code: 0, leftBehind: 3 }, { ...calm, outOfMemory: true })).toBeUndefined();
});

test("an exit code is the script's own failure, a signal is not", () => {
  expect(classifyExit({ code: 3, leftBehind: 0 }, calm)).toEqual({ error: "Muster.ScriptFailed", exit: 3 });
  expect(classifyExit({ signal: "SIGKILL", leftBehind: 0 }, calm)).toMatchObject({
    error: "Muster.ScriptKilled",
    exit: "SIGKILL",
  });
});

test.each([1, 2, 137])("exit %i means killed when memory had run out, and only then", (code) => {
  expect(classifyExit({ code, leftBehind: 0 }, calm)?.error).toBe("Muster.ScriptFailed");
  expect(classifyExit({ code, leftBehind: 0 }, { ...calm, outOfMemory: true })).toEqual({
    error: "Muster.ScriptKilled",
    exit: code,
    message: "out of memory",
  });
});

test.each([
  [{ kind: "timed-out" }, "Muster.ScriptTimedOut"],
  [{ kind: "log-idle", seconds: 60 }, "Muster.LogIdle"],
  [{ kind: "interrupted", why: "spot interruption" }, "Muster.WorkerInterrupted"],
  [{ kind: "lease-lost" }, "Muster.WorkerInterrupted"],
] as const)(
  "a script that was ended because of %o failed of that, whatever its traps made of its exit code",
  (reason, error) => {
    for (const exit of [{ code: 0 }, { code: 1 }, { signal: "SIGTERM" as const }]) {
      expect(classifyExit({ ...exit, leftBehind: 0 }, { reason, outOfMemory: false })?.error).toBe(error);
    }
  },
);
