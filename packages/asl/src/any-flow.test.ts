import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  parallel,
  sequence,
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

test("whatever the flow, a failed step of a branch, platform or version goes to the end of exactly that", () => {
  for (const { pipeline, places } of rendered) {
    for (const { name, state, machine } of places) {
      if (state.Type !== "Task" || !pipeline.activities.some((activity) => activity.name === name)) continue;
      const order = Object.keys(machine.States);
      const end = order.at(order.at(-1) === "VersionEnd" ? -2 : -1);
      expect(catchTargets(state), `${pipeline.summary}: ${name}`).toEqual([end]);
    }
  }
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
