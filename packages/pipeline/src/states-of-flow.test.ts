import { expect, test } from "vitest";
import { referencePipeline } from "../testing/example-pipeline.ts";
import { stateNamesOf } from "./states-of-flow.ts";

test("the states of a flow, each by its name", () => {
  expect(stateNamesOf(referencePipeline.flow)).toEqual([
    "PrepareToMakeSourceTarball",
    "ShouldMakeSourceTarball",
    "MakeSourceTarball",
    "BuildAndPublishLinuxAnd",
    "ForEachPlatform",
    "PrepareToMakeBinaryPackage",
    "ShouldMakeBinaryPackage",
    "MakeBinaryPackage",
    "PlatformEnd",
    "PrepareToPublishBinaryPackages",
    "ShouldPublishBinaryPackages",
    "PublishBinaryPackages",
    "PublishSourceTarballAndPublishDockerImages",
    "PrepareToPublishSourceTarball",
    "ShouldPublishSourceTarball",
    "PublishSourceTarball",
    "PublishSourceTarballEnd",
    "PrepareToPublishDockerImages",
    "ShouldPublishDockerImages",
    "PublishDockerImages",
    "PublishDockerImagesEnd",
    "BuildAndPublishLinuxEnd",
  ]);
});
