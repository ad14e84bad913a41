import {
  activity,
  definePipeline,
  type Flow,
  fixedPlatforms,
  forEachVersion,
  hours,
  type Retry,
} from "@muster/pipeline";
import hhvm, { MakeSourceTarball } from "@muster/pipeline-hhvm";
import muster from "@muster/pipeline-muster";
import validate from "asl-validator";
import { expect, test } from "vitest";
import { exampleResources } from "../testing/example-resources.ts";
import { catchTargets, successors, walk } from "../testing/walk.ts";
import type { Retrier, State } from "./amazon-states-language.ts";
import { renderStateMachine } from "./render-state-machine.ts";

const definition = renderStateMachine(hhvm, exampleResources);
const states = Object.fromEntries(walk(definition).map(({ name, state }) => [name, state])) as Record<string, State>;

const task = (name: string) => {
  const state = states[name];
  if (state?.Type !== "Task") throw new Error(`${name} is no task`);
  return state;
};

/** The waits before each retry of an error, in seconds. */
function delays(retry: readonly Retrier[] | undefined, error: string): number[] {
  const retrier = retry?.find(({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes("States.ALL"));
  const { MaxAttempts = 0, IntervalSeconds = 0, BackoffRate = 1 } = retrier ?? {};
  return Array.from({ length: MaxAttempts }, (_, attempt) => IntervalSeconds * BackoffRate ** attempt);
}

/** After an intended change: `pnpm --filter asl exec vitest run -u`, and the diff is for the review. */
test("the state machine of hhvm is the one that was last reviewed", async () => {
  await expect(`${JSON.stringify(definition, null, 2)}\n`).toMatchFileSnapshot("../golden/hhvm.asl.json");
});

test.each([hhvm, muster])("the state machine of $name is valid Amazon States Language", (pipeline) => {
  expect(validate(renderStateMachine(pipeline, exampleResources))).toMatchObject({ isValid: true, errors: [] });
});

/** The reference pipeline, machine by machine: every state, and where it goes when nothing fails. */
const reference: Record<string, Record<string, string[]>> = {
  "": { ParseInput: ["Root"], Root: [] },
  Root: {
    ForEachVersion: ["EndHealthCheck"],
    EndHealthCheck: ["CheckIfReposChanged"],
    CheckIfReposChanged: ["ShouldUpdateIndicesAndInvalidateCloudFront"],
    ShouldUpdateIndicesAndInvalidateCloudFront: ["UpdateIndicesAndInvalidateCloudFront", "NormalizeResults"],
    UpdateIndicesAndInvalidateCloudFront: ["NormalizeResults"],
    NormalizeResults: ["CheckForFailures"],
    CheckForFailures: [],
    HealthCheckBegin: ["HealthCheckWait"],
    HealthCheckWait: ["HealthCheck"],
    HealthCheckPlainWait: ["HealthCheck"],
    HealthCheck: ["ShouldHealthCheck"],
    ShouldHealthCheck: ["HealthCheckEnd", "HealthCheckWait"],
    HealthCheckEnd: [],
  },
  ForEachVersion: {
    PrepareToMakeSourceTarball: ["ShouldMakeSourceTarball"],
    ShouldMakeSourceTarball: ["BuildAndPublishLinuxAnd", "MakeSourceTarball"],
    MakeSourceTarball: ["BuildAndPublishLinuxAnd"],
    BuildAndPublishLinuxAnd: ["VersionNormalizeResults"],
    VersionNormalizeResults: ["VersionEnd"],
    VersionEnd: [],
  },
  BuildAndPublishLinuxAnd: {
    GetPlatformsForVersion: ["ForEachPlatform"],
    ForEachPlatform: ["PrepareToPublishBinaryPackages"],
    PrepareToPublishBinaryPackages: ["ShouldPublishBinaryPackages"],
    ShouldPublishBinaryPackages: ["PublishSourceTarballAndPublishDockerImages", "PublishBinaryPackages"],
    PublishBinaryPackages: ["PublishSourceTarballAndPublishDockerImages"],
    PublishSourceTarballAndPublishDockerImages: ["BuildAndPublishLinuxEnd"],
    BuildAndPublishLinuxEnd: [],
  },
  ForEachPlatform: {
    PrepareToMakeBinaryPackage: ["ShouldMakeBinaryPackage"],
    ShouldMakeBinaryPackage: ["PlatformEnd", "MakeBinaryPackage"],
    MakeBinaryPackage: ["PlatformEnd"],
    PlatformEnd: [],
  },
  PublishSourceTarballAndPublishDockerImages: {
    PrepareToPublishSourceTarball: ["ShouldPublishSourceTarball"],
    ShouldPublishSourceTarball: ["PublishSourceTarballEnd", "PublishSourceTarball"],
    PublishSourceTarball: ["PublishSourceTarballEnd"],
    PublishSourceTarballEnd: [],
    PrepareToPublishDockerImages: ["ShouldPublishDockerImages"],
    ShouldPublishDockerImages: ["PublishDockerImagesEnd", "PublishDockerImages"],
    PublishDockerImages: ["PublishDockerImagesEnd"],
    PublishDockerImagesEnd: [],
  },
  UpdateIndicesAndInvalidateCloudFront: {
    UpdateIndices: ["UpdateIndicesEnd"],
    UpdateIndicesEnd: [],
    InvalidateCloudFront: ["InvalidateCloudFrontEnd"],
    InvalidateCloudFrontEnd: [],
  },
};

test("hhvm has the reference pipeline's states and transitions, and no others", () => {
  const rendered: typeof reference = {};
  for (const { name, state, within } of walk(definition)) {
    const machine = within.at(-1) ?? "";
    rendered[machine] = { ...rendered[machine], [name]: successors(state) };
  }
  expect(rendered).toEqual(reference);
});

test("every nested machine starts with its first state", () => {
  const starts = walk(definition).map(({ machine }) => [machine.StartAt, Object.keys(machine.States)[0]]);
  for (const [startAt, first] of starts) expect(startAt).toBe(first);
});

test("a failed step goes on to the end of its nested machine, and its error to $.results.<Step>.failure", () => {
  const ends: Record<string, string> = {
    ForEachVersion: "VersionNormalizeResults",
    BuildAndPublishLinuxAnd: "BuildAndPublishLinuxEnd",
    ForEachPlatform: "PlatformEnd",
    Root: "NormalizeResults",
  };
  const exceptions: Record<string, string> = {
    VersionNormalizeResults: "VersionEnd",
    EndHealthCheck: "CheckIfReposChanged",
    NormalizeResults: "CheckForFailures",
    PrepareToPublishSourceTarball: "PublishSourceTarballEnd",
    PublishSourceTarball: "PublishSourceTarballEnd",
    PrepareToPublishDockerImages: "PublishDockerImagesEnd",
    PublishDockerImages: "PublishDockerImagesEnd",
    UpdateIndices: "UpdateIndicesEnd",
    InvalidateCloudFront: "InvalidateCloudFrontEnd",
  };
  const never = ["ParseInput", "CheckForFailures", "HealthCheckWait", "HealthCheck"];
  const steps = walk(definition).filter(({ name, state }) => state.Type === "Task" && !never.includes(name));
  expect(steps).toHaveLength(17);
  for (const { name, state, within } of steps) {
    expect([name, state]).toEqual([
      name,
      expect.objectContaining({
        Catch: [
          {
            ErrorEquals: ["States.ALL"],
            ResultPath: `$.results.${name}.failure`,
            Next: exceptions[name] ?? ends[within.at(-1) ?? ""],
          },
        ],
      }),
    ]);
  }
});

test("only ParseInput and CheckForFailures can fail the execution", () => {
  const uncaught = walk(definition).filter(({ state }) => state.Type === "Task" && catchTargets(state).length === 0);
  expect(uncaught.map(({ name }) => name)).toEqual(["ParseInput", "CheckForFailures"]);
});

test("functions are retried after 5, 10, 20, 40 and 80 seconds", () => {
  const functions = walk(definition).filter(
    ({ name, state }) => state.Type === "Task" && state.Resource.includes(":lambda:") && name !== "CheckForFailures",
  );
  expect(functions).toHaveLength(15);
  for (const { name } of functions) {
    expect(delays(task(name).Retry, "Lambda.Unknown")).toEqual([5, 10, 20, 40, 80]);
    expect(delays(task(name).Retry, "Muster.InvalidConfiguration")).toEqual([]);
  }
});

test("activities are retried after 1 and then 5 minutes", () => {
  for (const { name } of hhvm.activities) {
    const { Retry } = task(name);
    expect(delays(Retry, "Muster.ScriptFailed")).toEqual([60, 300]);
    expect(delays(Retry, "States.Timeout")).toEqual([60, 300]);
  }
});

test("a task is retried at once and not for long where its worker was lost, often where it was given back, never where it cannot get better", () => {
  const { Retry } = task("MakeBinaryPackage");
  expect(delays(Retry, "Muster.WorkerInterrupted")).toEqual([1, 1, 1, 1, 1]);
  expect(delays(Retry, "States.HeartbeatTimeout")).toEqual([1, 1, 1, 1, 1]);
  expect(new Set(delays(Retry, "Muster.Requeued"))).toEqual(new Set([1]));
  expect(delays(Retry, "Muster.Requeued").length).toBeGreaterThanOrEqual(100);
  for (const error of [
    "TestBuildNoRetry",
    "Muster.InvalidInput",
    "Muster.InvalidConfiguration",
    "Muster.NoWorkerStarted",
  ]) {
    expect(delays(Retry, error)).toEqual([]);
  }
});

test("what an activity says of its failures follows what holds for all", () => {
  const rendered = (retries: readonly Retry[]) => {
    const flow = forEachVersion({ ...MakeSourceTarball, retries });
    const found = walk(renderStateMachine({ ...hhvm, flow }, exampleResources)).find(
      ({ name }) => name === "MakeSourceTarball",
    );
    return found?.state.Type === "Task" ? found.state.Retry : undefined;
  };
  const fixed = task("MakeBinaryPackage").Retry?.slice(0, -1) ?? [];
  expect(fixed).toHaveLength(3);
  expect(rendered([])).toEqual(fixed);
  expect(
    rendered([
      { errors: ["Muster.LogIdle"], maxAttempts: 0 },
      { maxAttempts: 2, maxDelay: 90 },
    ]),
  ).toEqual([
    ...fixed,
    { ErrorEquals: ["Muster.LogIdle"], MaxAttempts: 0 },
    { ErrorEquals: ["States.ALL"], IntervalSeconds: 60, MaxAttempts: 2, BackoffRate: 1, MaxDelaySeconds: 90 },
  ]);
});

test("CheckForFailures is retried for errors of the Lambda service alone", () => {
  const { Retry } = task("CheckForFailures");
  expect(delays(Retry, "Lambda.ServiceException")).toEqual([5, 10, 20, 40, 80]);
  expect(delays(Retry, "StepsFailed")).toEqual([]);
});

test("the health check's wait is no retry when it times out, and a plain wait when its token cannot be kept", () => {
  const wait = task("HealthCheckWait");
  expect(wait).toMatchObject({ Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken" });
  expect(delays(wait.Retry, "States.Timeout")).toEqual([]);
  expect(delays(wait.Retry, "Lambda.ServiceException")).toEqual([5, 10, 20, 40, 80]);
  expect(wait.Catch?.map(({ ErrorEquals, Next }) => [ErrorEquals, Next])).toEqual([
    [["States.Timeout"], "HealthCheck"],
    [["States.ALL"], "HealthCheckPlainWait"],
  ]);
});

test("the first health check comes after five minutes, and each says when the next one does", () => {
  const tick = "$.healthCheck.tickSeconds";
  expect(states.HealthCheckBegin).toMatchObject({ Result: { tickSeconds: 300 }, ResultPath: "$.healthCheck" });
  expect(task("HealthCheckWait")).toMatchObject({ TimeoutSecondsPath: tick });
  expect(states.HealthCheckPlainWait).toMatchObject({ Type: "Wait", SecondsPath: tick });
  // A check that fails leaves what the last one said.
  expect(task("HealthCheck").Catch).toMatchObject([{ ResultPath: "$.healthCheck.failure" }]);
});

test("activities have the reference pipeline's timeouts, and heartbeats", () => {
  const timeouts = hhvm.activities.map(({ name }) => [name, task(name).TimeoutSeconds, task(name).HeartbeatSeconds]);
  expect(timeouts).toEqual([
    ["MakeSourceTarball", 1800, 300],
    ["MakeBinaryPackage", 14_400, 300],
    ["PublishBinaryPackages", 14_400, 300],
    ["PublishSourceTarball", 1800, 300],
    ["PublishDockerImages", 14_400, 300],
  ]);
});

test("a definition that is longer than AWS takes is refused", () => {
  const many = Array.from({ length: 700 }, (_, index) =>
    activity({
      name: `Make${index}`,
      per: "version",
      script: "make.sh",
      timeout: hours(1),
      worker: { instanceTypes: ["t3.micro"] },
    }),
  );
  const flow: Flow[] = many;
  const pipeline = definePipeline({
    name: "long",
    summary: "Too long",
    platforms: fixedPlatforms("debian-12-bookworm"),
    flow: forEachVersion(...flow),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
  expect(() => renderStateMachine(pipeline, exampleResources)).toThrow(
    /pipeline "long": its state machine has \d+ bytes and AWS takes 1048576: give it fewer activities/,
  );
});
