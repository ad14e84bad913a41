import { expect, test } from "vitest";
import { exampleActivity } from "../testing/example-pipeline.ts";
import { objectsOf } from "./artifacts.ts";
import { activity } from "./declare-activity.ts";
import { scratch } from "./s3-object.ts";
import type { Per } from "./subject.ts";
import { type Task, taskAt } from "./tasks-of.ts";

test("an activity that does not say otherwise may be silent for 5 minutes and wait for a worker for 30", () => {
  const defaults = { kind: "activity", heartbeat: 300, startTimeout: 1800 };
  expect(exampleActivity("Make")).toMatchObject(defaults);
  expect(exampleActivity("Make", { heartbeat: undefined as never })).toMatchObject(defaults);
});

test("what an activity says itself counts", () => {
  expect(exampleActivity("Make", { heartbeat: 30, startTimeout: 60 })).toMatchObject({
    heartbeat: 30,
    startTimeout: 60,
  });
});

test("its functions are told what a task is about, by what the activity is per", () => {
  const definition = {
    name: "Make",
    script: "make.sh",
    timeout: 600,
    worker: { instanceTypes: ["t3.micro"] },
  } as const;
  const ofPlatform = activity({
    ...definition,
    per: "platform",
    produces: ({ version, platform, platforms }) => [scratch([version, platform.length, ...platforms].join("/"))],
  });
  const ofBuild = activity({
    ...definition,
    per: "build",
    produces: ({ versions, failedVersions }) => [scratch([...versions, ...failedVersions].join("/"))],
  });
  activity({
    ...definition,
    per: "version",
    // @ts-expect-error: a version's task is about no platform
    env: ({ platform }) => ({ DISTRO: platform }),
  });
  activity({
    ...definition,
    per: "build",
    // @ts-expect-error: a build's own task is about no single version
    publishes: ({ version }) => [scratch(version)],
  });
  const around = {
    platforms: ["debian"],
    buildPlatforms: ["debian"],
    versions: ["1.2.3", "1.2.4"],
    failedVersions: ["1.2.4"],
  };
  const made = <P extends Per>({ activity, subject }: Task<P>) => objectsOf(activity, subject).map(({ key }) => key);
  expect(made(taskAt(ofPlatform, { per: "platform", version: "1.2.3", platform: "debian" }, around))).toEqual([
    "1.2.3/6/debian",
  ]);
  expect(made(taskAt(ofBuild, { per: "build" }, around))).toEqual(["1.2.3/1.2.4"]);
});
