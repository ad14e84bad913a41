import { expect, test } from "vitest";
import { exampleActivity } from "../testing/example-pipeline.ts";
import { forEachPlatform, forEachVersion, sequence } from "./flow.ts";
import { taskName } from "./task.ts";
import { taskAt, tasksOf, tasksOfBuild } from "./tasks-of.ts";

const both = ["debian", "ubuntu"];
const narrowed = { platforms: both, buildPlatforms: ["ubuntu"] };
const versions = [
  { version: "1.2.3", platforms: both, buildPlatforms: both },
  { version: "1.2.4", ...narrowed },
];
const perVersion = exampleActivity("Fetch");
const perPlatform = exampleActivity("Compile", { per: "platform" });
const perBuild = exampleActivity("Announce", { per: "build" });
const around = { platforms: both, buildPlatforms: both, versions: ["1.2.3"], failedVersions: [] };
const subjects = (activity: Parameters<typeof tasksOf>[0]) => tasksOf(activity, versions).map(({ subject }) => subject);

test("an activity has a task for each version, for each platform that the build makes of it, or a single one", () => {
  expect(subjects(perVersion)).toEqual([
    { per: "version", version: "1.2.3", platforms: both, buildPlatforms: both },
    { per: "version", version: "1.2.4", ...narrowed },
  ]);
  expect(subjects(perPlatform)).toEqual([
    { per: "platform", version: "1.2.3", platform: "debian", platforms: both, buildPlatforms: both },
    { per: "platform", version: "1.2.3", platform: "ubuntu", platforms: both, buildPlatforms: both },
    { per: "platform", version: "1.2.4", platform: "ubuntu", ...narrowed },
  ]);
  expect(subjects(perBuild)).toEqual([{ per: "build", versions: ["1.2.3", "1.2.4"], failedVersions: [] }]);
});

test("a build's tasks are listed version by version, its own before or after them as they stand", () => {
  const flow = sequence(
    exampleActivity("Open", { per: "build" }),
    sequence(forEachVersion(perVersion, forEachPlatform(perPlatform)), perBuild),
  );
  expect(tasksOfBuild({ flow }, versions).map(({ activity, subject }) => taskName(activity.name, subject))).toEqual([
    "Open",
    "Fetch-1.2.3",
    "Compile-1.2.3-debian",
    "Compile-1.2.3-ubuntu",
    "Fetch-1.2.4",
    "Compile-1.2.4-ubuntu",
    "Announce",
  ]);
});

test("a task at a place is the one that the fan-out has there", () => {
  for (const activity of [perVersion, perPlatform, perBuild]) {
    const tasks = tasksOf(activity, versions.slice(0, 1));
    expect(tasks.map(({ subject }) => taskAt(activity, subject, around))).toEqual(tasks);
  }
});

test("an activity has no task at a place of another kind", () => {
  const at = { per: "version", version: "1.2.3" } as const;
  expect(() => taskAt(perPlatform, at, around)).toThrow("Compile runs per platform and was asked for per version");
  expect(() => taskAt(perBuild, at, around)).toThrow("Announce runs per build and was asked for per version");
});

test("a build's own task is about the versions of which no step has failed", () => {
  const { subject } = taskAt(
    perBuild,
    { per: "build" },
    { ...around, versions: ["1.2.3", "1.2.4"], failedVersions: ["1.2.3"] },
  );
  expect(subject).toEqual({ per: "build", versions: ["1.2.4"], failedVersions: ["1.2.3"] });
});
