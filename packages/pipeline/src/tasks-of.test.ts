import { expect, test } from "vitest";
import { exampleActivity } from "../testing/example-pipeline.ts";
import { taskAt, tasksOf } from "./tasks-of.ts";

const versions = [
  { version: "1.2.3", platforms: ["debian", "ubuntu"] },
  { version: "1.2.4", platforms: ["ubuntu"] },
];
const perVersion = exampleActivity("Fetch");
const perPlatform = exampleActivity("Compile", { per: "platform" });
const subjects = (activity: Parameters<typeof tasksOf>[0]) => tasksOf(activity, versions).map(({ subject }) => subject);

test("an activity has a task for each version, or for each platform of each version", () => {
  expect(subjects(perVersion)).toEqual([
    { per: "version", version: "1.2.3", platforms: ["debian", "ubuntu"] },
    { per: "version", version: "1.2.4", platforms: ["ubuntu"] },
  ]);
  expect(subjects(perPlatform)).toEqual([
    { per: "platform", version: "1.2.3", platform: "debian", platforms: ["debian", "ubuntu"] },
    { per: "platform", version: "1.2.3", platform: "ubuntu", platforms: ["debian", "ubuntu"] },
    { per: "platform", version: "1.2.4", platform: "ubuntu", platforms: ["ubuntu"] },
  ]);
});

test("a task at a place is the one that the fan-out has there", () => {
  for (const activity of [perVersion, perPlatform]) {
    const tasks = tasksOf(activity, versions.slice(0, 1));
    const around = { platforms: ["debian", "ubuntu"] };
    expect(tasks.map(({ subject }) => taskAt(activity, subject, around))).toEqual(tasks);
  }
});

test("an activity has no task at a place of another kind", () => {
  const at = { per: "version", version: "1.2.3" } as const;
  expect(() => taskAt(perPlatform, at, { platforms: [] })).toThrow(
    "Compile runs per platform and was asked for per version",
  );
});
