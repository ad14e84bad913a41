import { type BuildHistory, type Step, unreadBuild } from "@muster/history";
import { groupFailures } from "@muster/pipeline";
import { expect, test } from "vitest";
import { listBuildFailures } from "../failures/build-failures.ts";
import type { CauseLog, FailureCause } from "../failures/failure-report.ts";
import { failuresOf } from "./failures-of.ts";

const at = new Date("2026-11-30T09:00:00Z");

const failed = (platform: string, tries: number, line: string): Step => ({
  kind: "activity",
  name: "Make",
  key: `Make-1.2.3-${platform}`,
  state: "failed",
  enteredAt: at,
  per: "platform",
  version: "1.2.3",
  platform,
  attempts: Array.from({ length: tries }, (_, index) => ({ scheduledAt: at, startedAt: at, instance: `i-${index}` })),
  error: "Muster.ScriptFailed",
  cause: JSON.stringify({ ec2: "i-0", time_sec: "1", exit: 2, line }),
});

function failuresWith(build: BuildHistory, ...logs: readonly CauseLog[]) {
  const causes = groupFailures(listBuildFailures(build)).map(
    (group, index): FailureCause => ({
      group,
      where: "",
      since: "",
      alsoIn: null,
      log: logs[index] ?? { kind: "none" },
    }),
  );
  return failuresOf(build, { causes }, {});
}

test("a page tells the end of a cause's log once, why it cannot, and how to read the rest", () => {
  const steps = [failed("debian", 3, "a: error"), failed("fedora", 1, "a: error"), failed("ubuntu", 0, "b: error")];
  const told = failuresWith(
    { ...unreadBuild, state: "failed", steps },
    { kind: "lines", lines: ["last", "words"] },
    { kind: "unreadable", why: "AccessDenied" },
  );
  expect(told).toMatchObject([
    { task: "Make-1.2.3-debian", lastLines: ["last", "words"], command: "muster logs Make-1.2.3-debian --attempt 3" },
    { task: "Make-1.2.3-fedora", lastLines: [], command: "muster logs Make-1.2.3-fedora" },
    { task: "Make-1.2.3-ubuntu", lastLines: ["its log cannot be read: AccessDenied"] },
  ]);
  expect(told[2]).not.toHaveProperty("command");
});
