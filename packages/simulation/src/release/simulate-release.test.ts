import { taskName, tasksOfBuild } from "@muster/pipeline";
import { expect, test } from "vitest";
import { violationsOf } from "../invariants/all.ts";
import { soakPipeline } from "../soak-pipeline.ts";
import { criticalPath } from "./critical-path.ts";
import { faultProfiles } from "./fault-profile.ts";
import { musterDefault, predecessorsPolicy, type ReleasePolicy } from "./policy.ts";
import { type Release, simulateRelease } from "./simulate-release.ts";

const VERSION = "1.0.0";
const platforms = ["debian-12-bookworm", "debian-13-trixie"];
const tasks = tasksOfBuild(soakPipeline, [{ version: VERSION, platforms, buildPlatforms: platforms }]);

/** A source of five minutes, packages of half an hour, and a publication of ten minutes. */
const release: Release = {
  pipeline: soakPipeline,
  versions: [VERSION],
  words: [VERSION, ...platforms],
  tasks: new Map(tasks.map((task) => [taskName(task.activity.name, task.subject), task])),
  stage: {},
  secondsOf: (task) => (task.startsWith("Source") ? 300 : task.startsWith("Compile") ? 6000 : 600),
  bootSeconds: 180,
};

const calm = (policy: ReleasePolicy) => simulateRelease(1, release, { policy, faults: faultProfiles.calm });

test("in calm weather a release takes what scripts and boots take; the predecessor's ends with a health check, and has no spot instance", async () => {
  const [muster, before] = await Promise.all([calm(musterDefault), calm(predecessorsPolicy)]);
  expect(violationsOf(muster.run)).toEqual([]);
  const good = { succeeded: true, workers: 4, retries: 0, faults: 0, recoverySeconds: [] };
  expect(muster.figures).toMatchObject(good);
  expect(before.figures).toMatchObject(good);
  const path = criticalPath(muster.run);
  expect(path.map(({ task }) => task?.replace(/-.*/, ""))).toEqual(["Source", "Compile", "Publish", undefined]);
  const sum = path.reduce((seconds, { waitSeconds, workSeconds }) => seconds + waitSeconds + workSeconds, 0);
  expect(sum).toBeCloseTo(muster.figures.makespanSeconds, 3);

  expect(before.figures.makespanSeconds % 300).toBeCloseTo(0, 0);
  expect(before.run.launched.map(({ market }) => market)).not.toContain("spot");
  const seconds = ({ run }: typeof muster) =>
    new Map(run.recorded.runs.map(({ task, startedMs, endedMs = 0 }) => [task, endedMs - startedMs]));
  expect(seconds(before)).toEqual(seconds(muster));
});

test("a machine that dies costs Muster minutes, and the predecessor the timeout of its task", async () => {
  const faults = { summary: "", rates: { "machine.dies": { Compile: 0.5 } }, worldRates: {} };
  const [muster, before] = await Promise.all(
    [musterDefault, predecessorsPolicy].map((policy) => simulateRelease(164, release, { policy, faults })),
  );
  expect(muster?.figures).toMatchObject({ succeeded: true, faults: 1, retries: 1 });
  expect(before?.figures).toMatchObject({ succeeded: true, faults: 1, retries: 1 });
  expect(muster?.figures.recoverySeconds[0]).toBeLessThan(600);
  expect(before?.figures.recoverySeconds[0]).toBeGreaterThan(3600);
});
