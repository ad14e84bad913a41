import {
  type ActivityDefinition,
  activity,
  definePipeline,
  type Flow,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  listSteps,
  parallel,
  placeWords,
  type Results,
  sequence,
} from "@muster/pipeline";
import { machineWorld } from "@muster/simulation";
import { expect, test } from "vitest";

const platforms = ["debian-12-bookworm", "ubuntu-24.04-noble"];
const step = (name: string, per: ActivityDefinition["per"]) =>
  activity({ name, per, script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } });

/** Sequences, parallels and two maps in one another, and steps of the build's own around them. */
const version = forEachVersion(
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
const flow = sequence(
  step("Open", "build"),
  parallel(step("Warn", "build"), sequence("Keys", step("Lock", "build"), step("Unlock", "build"))),
  version,
  parallel(step("Sum", "build"), sequence("News", step("Write", "build"), step("Tell", "build"))),
  step("Close", "build"),
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

/** The steps that run, by the rule: a failed step skips what follows it in its branch, platform, version or build. */
function expectedSteps(node: Flow, failing: string, platform?: string): { steps: string[]; failed: boolean } {
  switch (node.kind) {
    case "activity": {
      const name = platform === undefined ? node.name : `${node.name} ${platform}`;
      return { steps: [name], failed: name === failing };
    }
    case "approval":
      return { steps: [], failed: false };
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
      return { steps: expectedSteps(node.body, failing, platform).steps, failed: false };
  }
}

/** The build's own steps after its only version: skipped where a step of that failed. */
const afterVersion = ["Sum", "Write", "Tell", "Close"];

function expectedSkips(failing: string): string[] {
  const { steps } = expectedSteps(version, failing);
  return steps.includes(failing) ? afterVersion : [];
}

/** Steps of normalised results, with their platform. */
function stepsOf(results: object): { name: string; failed: boolean; skipped: boolean }[] {
  return listSteps(results as Results).map(({ step, result, ...place }) => ({
    name: [step, ...placeWords(place).slice(1)].join(" "),
    failed: "failure" in result,
    skipped: result.skip === true,
  }));
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
    const steps = stepsOf(build.results as object);
    expect(steps.map(({ name }) => name).sort()).toEqual(expectedSteps(flow, failing).steps.sort());
    expect(steps.filter(({ skipped }) => skipped).map(({ name }) => name)).toEqual(expectedSkips(failing));
    expect(steps.filter(({ failed }) => failed).map(({ name }) => name)).toEqual(
      everyStep.includes(failing) ? [failing] : [],
    );
    expect(build.error).toBe(everyStep.includes(failing) ? "StepsFailed" : undefined);
  },
);

test("steps of the build's own wait for all versions, and are about those that came through", async () => {
  const environments = new Map<string, Readonly<Record<string, string>>>();
  await using world = await machineWorld(pipeline, {
    work: (task) => {
      environments.set(task.name, task.env);
      return task.name === "Collect-1.2.3" ? { seconds: 30, error: "TestBuildNoRetry" } : { seconds: 30 };
    },
  });
  const build = await world.build("1.2.3 1.2.4 1.2.5");
  expect(build.error).toBe("StepsFailed");
  expect(build.message).toMatch(/^The following steps have failed:\nCollect 1\.2\.3 i-\w+ TestBuildNoRetry, [^\n]*$/);
  expect(environments.get("Open")).toMatchObject({ VERSIONS: "1.2.3 1.2.4 1.2.5", FAILED_VERSIONS: "" });
  for (const name of afterVersion) {
    expect(environments.get(name), name).toMatchObject({ VERSIONS: "1.2.4 1.2.5", FAILED_VERSIONS: "1.2.3" });
  }
  const order = world.worked.map(({ task }) => task);
  expect(order.slice(0, 4).sort()).toEqual(["Lock", "Open", "Unlock", "Warn"]);
  expect(order.slice(-4).sort()).toEqual([...afterVersion].sort());
  expect(build.states.indexOf("EndHealthCheck")).toBeGreaterThan(build.states.indexOf("Close"));
});
