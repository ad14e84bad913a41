import { activityNamed } from "@muster/pipeline";
import { expect, test } from "vitest";
import { violationsOf } from "./invariants/all.ts";
import { runSeed } from "./run-seed.ts";
import { soakPipeline } from "./soak-pipeline.ts";

/** What its definition says of a step, in calm weather. */
const secondsOf = (activity: string): number => activityNamed(soakPipeline, activity).estimatedDuration ?? 60;

test("workers that are launched ahead are there when their steps are come to, and there are no more of them", async () => {
  const run = await runSeed(1, {
    pipeline: soakPipeline,
    rates: {},
    versions: ["1.2.3"],
    endOf: ({ activity }) => ({ seconds: secondsOf(activity), exit: 0 }),
    stage: { policy: { startAhead: true } },
  });
  const [build] = run.builds;
  const waits = build?.attempts.map(({ activity, scheduledMs, startedMs = 0 }) => [
    activity,
    Math.round((startedMs - scheduledMs) / 1000),
  ]);
  const boot = 55;
  expect(waits).toEqual([["Source", boot], ...Array(4).fill(["Compile", 0]), ["Publish", 0]]);
  const seconds = ((build?.endedMs ?? 0) - (build?.startedMs ?? 0)) / 1000;
  expect(seconds).toBeCloseTo(boot + secondsOf("Source") + secondsOf("Compile") + secondsOf("Publish"), 0);
  expect(run.launched).toHaveLength(6);
  expect(violationsOf(run)).toEqual([]);
});
