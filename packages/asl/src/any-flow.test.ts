import {
  activitiesOf,
  activity,
  approvalsOf,
  definePipeline,
  type Flow,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  type Per,
  parallel,
  partsOfBuild,
  prepareState,
  sequence,
  shouldFollowStateName,
  unansweredStateName,
} from "@muster/pipeline";
import validate from "asl-validator";
import { expect, test } from "vitest";
import { exampleResources } from "../testing/example-resources.ts";
import { randomPipeline } from "../testing/random-flow.ts";
import { catchTargets, successors, walk } from "../testing/walk.ts";
import { renderStateMachine } from "./render-state-machine.ts";

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);
const rendered = seeds.map((seed) => {
  const pipeline = randomPipeline(seed);
  return { pipeline, places: walk(renderStateMachine(pipeline, exampleResources)) };
});

test("whatever the flow, names of states are unique over the whole state machine", () => {
  for (const { pipeline, places } of rendered) {
    const names = places.map(({ name }) => name);
    expect(new Set(names).size, pipeline.summary).toBe(names.length);
  }
});

test("whatever the flow, states go only to states of their own machine, and each can be reached", () => {
  for (const { pipeline, places } of rendered) {
    const reached = new Set(places.map(({ machine }) => machine.StartAt));
    for (const { name, state, machine } of places) {
      for (const target of [...successors(state), ...catchTargets(state)]) {
        expect(machine.States, `${pipeline.summary}: ${name}`).toHaveProperty(target);
        reached.add(target);
      }
    }
    expect([...reached].sort(), pipeline.summary).toEqual(places.map(({ name }) => name).sort());
  }
});

test("whatever the flow, each activity of the pipeline is there once", () => {
  for (const { pipeline, places } of rendered) {
    const queues = places.flatMap(({ name, state }) =>
      state.Type === "Task" && state.Resource === exampleResources.activityArn(name) ? [name] : [],
    );
    expect(queues.sort(), pipeline.summary).toEqual(pipeline.activities.map(({ name }) => name).sort());
  }
});

test("whatever the flow, a failed step of a branch, platform, version or build goes to the end of exactly that", () => {
  for (const { pipeline, places } of rendered) {
    for (const { name, state, machine } of places) {
      if (state.Type !== "Task" || !pipeline.activities.some((activity) => activity.name === name)) continue;
      const order = Object.keys(machine.States);
      const ends: Record<string, string> = {
        VersionEnd: "VersionNormalizeResults",
        CheckForFailures: "EndHealthCheck",
      };
      const end = ends[order.at(-1) ?? ""] ?? order.at(-1);
      expect(catchTargets(state), `${pipeline.summary}: ${name}`).toEqual([end]);
    }
  }
});

test("whatever the flow, a build's own steps know its versions' results where they come after them, and only there", () => {
  let [before, after] = [0, 0];
  for (const { pipeline, places } of rendered) {
    const { before: first, after: last } = partsOfBuild(pipeline.flow);
    const named = (flow: Flow) => activitiesOf(flow).map(({ name }) => prepareState.of(name));
    for (const { name, state, within } of places) {
      const known = "Parameters" in state ? state.Parameters?.["versionResults.$"] : undefined;
      if (named(first).includes(name)) before++;
      else if (named(last).includes(name)) after++;
      if (!named(last).includes(name) && state.Type !== "Parallel")
        expect(known, `${pipeline.summary}: ${name}`).toBe(undefined);
      else if (named(last).includes(name)) {
        expect(known, `${pipeline.summary}: ${name}`).toBe(
          within.length === 1 ? "$.results.ForEachVersion" : "$.versionResults",
        );
      }
    }
  }
  expect(Math.min(before, after)).toBeGreaterThan(50);
});

test("a state machine of any shape is valid Amazon States Language", () => {
  for (const seed of seeds.slice(0, 6)) {
    const definition = renderStateMachine(randomPipeline(seed), exampleResources);
    expect(validate(definition), `seed ${seed}`).toMatchObject({ isValid: true, errors: [] });
  }
});

test("a second forEachPlatform has names of its own, and the platforms that were looked up for the first", () => {
  const step = (name: string) =>
    activity({ name, per: "platform", script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } });
  const pipeline = definePipeline({
    name: "twice",
    summary: "Two maps",
    platforms: fixedPlatforms("debian-12-bookworm"),
    flow: forEachVersion(
      forEachPlatform(step("Make")),
      parallel(forEachPlatform(parallel(step("Test"), step("Lint"))), sequence("Later", forEachPlatform(step("Sign")))),
    ),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
  const places = walk(renderStateMachine(pipeline, exampleResources));
  const machines = places.filter(({ within }) => within.includes("ForEachVersion"));
  expect(machines.map(({ name, within }) => [...within.slice(2), name].join("/"))).toEqual([
    "GetPlatformsForVersion",
    "ForEachPlatform",
    "ForEachPlatform/PrepareToMake",
    "ForEachPlatform/ShouldMake",
    "ForEachPlatform/Make",
    "ForEachPlatform/PlatformEnd",
    "ForEachPlatform2AndLater",
    "ForEachPlatform2AndLater/ForEachPlatform2",
    "ForEachPlatform2AndLater/ForEachPlatform2/TestAndLint",
    "ForEachPlatform2AndLater/ForEachPlatform2/TestAndLint/PrepareToTest",
    "ForEachPlatform2AndLater/ForEachPlatform2/TestAndLint/ShouldTest",
    "ForEachPlatform2AndLater/ForEachPlatform2/TestAndLint/Test",
    "ForEachPlatform2AndLater/ForEachPlatform2/TestAndLint/TestEnd",
    "ForEachPlatform2AndLater/ForEachPlatform2/TestAndLint/PrepareToLint",
    "ForEachPlatform2AndLater/ForEachPlatform2/TestAndLint/ShouldLint",
    "ForEachPlatform2AndLater/ForEachPlatform2/TestAndLint/Lint",
    "ForEachPlatform2AndLater/ForEachPlatform2/TestAndLint/LintEnd",
    "ForEachPlatform2AndLater/ForEachPlatform2/Platform2End",
    "ForEachPlatform2AndLater/ForEachPlatform2End",
    "ForEachPlatform2AndLater/ForEachPlatform3",
    "ForEachPlatform2AndLater/ForEachPlatform3/PrepareToSign",
    "ForEachPlatform2AndLater/ForEachPlatform3/ShouldSign",
    "ForEachPlatform2AndLater/ForEachPlatform3/Sign",
    "ForEachPlatform2AndLater/ForEachPlatform3/Platform3End",
    "ForEachPlatform2AndLater/LaterEnd",
    "VersionNormalizeResults",
    "VersionEnd",
  ]);
});

test("a build's own steps stand around its versions, before the end of the health check and the look at the repositories", () => {
  const step = (name: string, per: Per) =>
    activity({ name, per, script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } });
  const pipeline = definePipeline({
    name: "own",
    summary: "Steps of its own",
    platforms: fixedPlatforms("debian-12-bookworm"),
    flow: sequence(
      step("Open", "build"),
      forEachVersion(step("Make", "version")),
      parallel(step("Sum", "build"), step("Tell", "build")),
      step("Close", "build"),
    ),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
  const places = walk(renderStateMachine(pipeline, exampleResources));
  const main = places.filter(({ within, machine }) => within.length === 1 && "CheckForFailures" in machine.States);
  const links = main.map(({ name, state }) =>
    [name, ...successors(state), ...catchTargets(state).map((to) => `✖ ${to}`)].join(" "),
  );
  expect(links.slice(0, 10)).toEqual([
    "PrepareToOpen ShouldOpen ✖ EndHealthCheck",
    "ShouldOpen ForEachVersion Open",
    "Open ForEachVersion ✖ EndHealthCheck",
    "ForEachVersion SumAndTell",
    "SumAndTell PrepareToClose",
    "PrepareToClose ShouldClose ✖ EndHealthCheck",
    "ShouldClose EndHealthCheck Close",
    "Close EndHealthCheck ✖ EndHealthCheck",
    "EndHealthCheck CheckIfReposChanged ✖ CheckIfReposChanged",
    "CheckIfReposChanged ShouldUpdateIndicesAndInvalidateCloudFront ✖ NormalizeResults",
  ]);
});

test("whatever the flow, an approval that is refused, is not answered or guards nothing that would run leaves out all that follows it", () => {
  let approvals = 0;
  for (const { pipeline, places } of rendered) {
    for (const { name } of approvalsOf(pipeline.flow)) {
      approvals++;
      const at = (state: string) => places.find((place) => place.name === state) as (typeof places)[number];
      const [unanswered, shouldFollow] = [unansweredStateName(name), shouldFollowStateName(name)].map(at);
      const [afterUnanswered] = successors(unanswered?.state as never);
      const [left, next] = successors(shouldFollow?.state as never);
      expect(catchTargets(at(name).state), pipeline.summary).toEqual([unanswered?.name, afterUnanswered]);
      expect(left, pipeline.summary).toBe(afterUnanswered);
      expect(next, pipeline.summary).not.toBe(left);
      const order = Object.keys(at(name).machine.States);
      expect(order.indexOf(left ?? ""), pipeline.summary).toBeGreaterThan(order.indexOf(next ?? ""));
    }
  }
  expect(approvals).toBeGreaterThan(50);
});
