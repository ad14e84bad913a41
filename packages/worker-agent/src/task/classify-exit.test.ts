import { expect, test } from "vitest";
import { tellingLines } from "../log/telling-lines.ts";
import { classifyExit, tellingLine } from "./classify-exit.ts";

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

const log = tellingLines();
log.write(["E: no room", "tidied up"]);
const quiet = tellingLines();
quiet.write(["no tarball of 1.2.3"]);

test.each([
  ["failed", undefined, "E: no room"],
  ["hung", { kind: "timed-out" }, "tidied up"],
  ["was silent", { kind: "log-idle", seconds: 60 }, "tidied up"],
  ["lost its machine", { kind: "interrupted", why: "spot interruption" }, undefined],
  ["lost its lease", { kind: "lease-lost" }, undefined],
] as const)("of a script that %s the line that tells why is the one that can", (_, reason, line) => {
  expect(tellingLine(log, reason)).toBe(line);
});

test("a script that printed nothing that looks like an error is told of by its last line", () => {
  expect(tellingLine(quiet, undefined)).toBe("no tarball of 1.2.3");
  expect(tellingLine(tellingLines(), undefined)).toBeUndefined();
});
