import { expect, test } from "vitest";
import { exampleActivity, examplePipeline, referencePipeline } from "../testing/example-pipeline.ts";
import { forEachPlatform, parallel } from "./flow.ts";
import { activityNamed } from "./pipeline.ts";

test("a pipeline lists its activities in the order in which a build comes to them", () => {
  expect(referencePipeline.activities.map(({ name }) => name)).toEqual([
    "MakeSourceTarball",
    "MakeBinaryPackage",
    "PublishBinaryPackages",
    "PublishSourceTarball",
    "PublishDockerImages",
  ]);
});

test("activities are found by name, and nothing else is", () => {
  expect(activityNamed(referencePipeline, "MakeSourceTarball").name).toBe("MakeSourceTarball");
  expect(() => activityNamed(referencePipeline, "Make")).toThrow('pipeline "hhvm" has no activity "Make"');
});

test("each forEachPlatform of a pipeline has a name of its own", () => {
  const make = exampleActivity("Make", { per: "platform" });
  const sign = exampleActivity("Sign", { per: "platform" });
  const { flow } = examplePipeline([parallel(forEachPlatform(make), forEachPlatform(sign))]);
  expect(flow).toMatchObject({
    body: {
      name: "ForEachPlatformAndForEachPlatform2",
      branches: [{ name: "ForEachPlatform" }, { name: "ForEachPlatform2" }],
    },
  });
});
