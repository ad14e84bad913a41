import {
  type ActivityDefinition,
  activity,
  definePipeline,
  type Flow,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  parallel,
  placeWords,
  sequence,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { machineWorld } from "./machine-world.ts";

const platforms = ["debian-12-bookworm", "ubuntu-24.04-noble"];
const step = (name: string, per: ActivityDefinition["per"]) =>
  activity({ name, per, script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } });

/** Sequences, parallels and two maps in one another. */
const flow = forEachVersion(
  step("Fetch", "version"),
  forEachPlatform(
    step("Compile", "platform"),
    parallel(step("Test", "platform"), sequence("Pack", step("Package", "platform"), step("Sign", "platform"))),
  ),
  step("Collect", "version"),
  parallel(
    sequence(
      "Publish",
      forEachPlatform(step("Upload", "platform")),
      parallel(step("Announce", "version"), sequence("Docs", step("Render", "version"), step("Post", "version"))),
    ),
    step("Archive", "version"),
  ),
  step("Finish", "version"),
);

const pipeline = definePipeline({
  name: "odd",
  summary: "An odd shape",
  platforms: fixedPlatforms(...platforms),
  flow,
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

/** The steps of a version that run, by the rule: a failed step skips what follows it in its branch, platform or version. */
function expectedSteps(node: Flow, failing: string, platform?: string): { steps: string[]; failed: boolean } {
  switch (node.kind) {
    case "activity": {
      const name = platform === undefined ? node.name : `${node.name} ${platform}`;
      return { steps: [name], failed: name === failing };
    }
    case "sequence": {
      const steps: string[] = [];
      for (const part of node.steps) {
        const ran = expectedSteps(part, failing, platform);
        steps.push(...ran.steps);
        if (ran.failed) return { steps, failed: true };
      }
      return { steps, failed: false };
    }
    case "parallel":
      return {
        steps: node.branches.flatMap((branch) => expectedSteps(branch, failing, platform).steps),
        failed: false,
      };
    case "forEachPlatform":
      return { steps: platforms.flatMap((each) => expectedSteps(node.body, failing, each).steps), failed: false };
    case "forEachVersion":
      return expectedSteps(node.body, failing, platform);
  }
}

/** Steps of normalised results, with their platform. */
function stepsOf(results: object, platform?: string): { name: string; failed: boolean }[] {
  return Object.entries(results).flatMap(([key, value]) =>
    key === "ForEachPlatform"
      ? Object.entries(value as object).flatMap(([each, steps]) => stepsOf(steps, each))
      : [{ name: platform === undefined ? key : `${key} ${platform}`, failed: "failure" in (value as object) }],
  );
}

const everyStep = expectedSteps(flow, "").steps;

test.each(["nothing", ...everyStep])(
  "where %s fails, exactly what follows it is left out, and all else is in the results",
  async (failing) => {
    await using world = await machineWorld(pipeline, {
      work: (task) => ({
        seconds: 30,
        ...([task.activity, ...placeWords(task).slice(1)].join(" ") === failing && { error: "TestBuildNoRetry" }),
      }),
    });
    const build = await world.build("1.2.3");
    const { ForEachVersion } = build.results as { ForEachVersion: Record<string, object> };
    const steps = stepsOf(ForEachVersion["1.2.3"] ?? {});
    expect(steps.map(({ name }) => name).sort()).toEqual(expectedSteps(flow, failing).steps.sort());
    expect(steps.filter(({ failed }) => failed).map(({ name }) => name)).toEqual(
      everyStep.includes(failing) ? [failing] : [],
    );
    expect(build.error).toBe(everyStep.includes(failing) ? "StepsFailed" : undefined);
  },
);
