import { expect, test } from "vitest";
import { after, BEGIN, sampleBuild } from "../../testing/sample-build.ts";
import type { BuildHistory } from "../build-history.ts";
import type { Step } from "../step.ts";
import { newsOf } from "./news.ts";

const { build } = sampleBuild({ versions: 1, platforms: 6 });
const withStates = (change: (step: Step) => Partial<Step>): BuildHistory => ({
  ...build,
  state: "running",
  steps: build.steps.map((step) => ({ ...step, ...change(step) }) as Step),
});
const running = withStates(() => ({ state: "running" }));

test("what failed, who is asked and the end are told at once; how far a build is, beside it", () => {
  expect(newsOf(running, running)).toEqual({ urgent: "", progress: "" });
  const some = withStates(({ kind }) => ({ state: kind === "approval" ? "waiting" : "running" }));
  expect(newsOf(running, some).urgent).toBe("ApproveRelease-4.28.0 waits for approval.");
  const one = withStates(({ name }) => ({ state: name === "MakeSourceTarball" ? "succeeded" : "running" }));
  expect(newsOf(running, one)).toEqual({ urgent: "", progress: "1 of 8 tasks are finished." });
  const bad = withStates(({ name }) => ({ state: name === "MakeBinaryPackage" ? "failed" : "running" }));
  expect(newsOf(running, bad).urgent).toBe(
    "MakeBinaryPackage-4.28.0-debian-1, MakeBinaryPackage-4.28.0-debian-2, MakeBinaryPackage-4.28.0-debian-3 and 3 more failed.",
  );
  const ended: BuildHistory = { ...running, state: "aborted", startedAt: BEGIN, endedAt: after(90) };
  expect(newsOf(running, ended).urgent).toBe("The build has been stopped after 1:30.");
});
