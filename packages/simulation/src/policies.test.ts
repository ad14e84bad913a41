import { activityNamed } from "@muster/pipeline";
import { expect, test } from "vitest";
import { violationsOf } from "./invariants/all.ts";
import { runSeed, type SeedOptions, type SeedRun } from "./run-seed.ts";
import { soakPipeline } from "./soak-pipeline.ts";

/** A release of one version and four platforms in calm weather; each step takes as long as it is said to. */
const calm = (stage: NonNullable<SeedOptions["stage"]>): Promise<SeedRun> =>
  runSeed(1, {
    pipeline: soakPipeline,
    rates: {},
    versions: ["1.2.3"],
    endOf: ({ activity }) => ({ seconds: activityNamed(soakPipeline, activity).estimatedDuration ?? 60, exit: 0 }),
    stage,
  });

const secondsOf = ({ builds }: SeedRun): number => {
  const [build] = builds;
  expect(build?.status).toBe("SUCCEEDED");
  return ((build?.endedMs ?? 0) - (build?.startedMs ?? 0)) / 1000;
};

/** Seconds from when each step was queued until a worker took it. */
const waits = ({ builds }: SeedRun, name: string): number[] =>
  (builds[0]?.attempts ?? [])
    .filter((attempt) => attempt.activity === name)
    .map(({ scheduledMs, startedMs }) => ((startedMs ?? Number.POSITIVE_INFINITY) - scheduledMs) / 1000);

test("workers that are launched ahead are there when their steps are come to, and there are no more of them", async () => {
  const [asEver, ahead] = [await calm({}), await calm({ policy: { startAhead: true } })];
  expect([...waits(asEver, "Compile"), ...waits(asEver, "Publish")]).toEqual([55, 55, 55, 55, 55]);
  expect([...waits(ahead, "Compile"), ...waits(ahead, "Publish")]).toEqual([0, 0, 0, 0, 0]);
  expect(secondsOf(asEver) - secondsOf(ahead)).toBeCloseTo(2 * 55, 0);
  expect(ahead.launched).toHaveLength(asEver.launched.length);
  expect([asEver, ahead].flatMap(violationsOf)).toEqual([]);
});
