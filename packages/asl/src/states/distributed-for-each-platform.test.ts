import { distributedState } from "@muster/pipeline";
import hhvm from "@muster/pipeline-hhvm";
import muster from "@muster/pipeline-muster";
import validate from "asl-validator";
import { expect, test } from "vitest";
import { exampleResources } from "../../testing/example-resources.ts";
import { randomPipeline } from "../../testing/random-flow.ts";
import { catchTargets, type Place, successors, walk } from "../../testing/walk.ts";
import type { MapState } from "../amazon-states-language.ts";
import { renderStateMachine } from "../render-state-machine.ts";

const resources = { ...exampleResources, mapRuns: { Bucket: "state", Prefix: "map-runs" } };
const placesOf = (pipeline: typeof hhvm) => walk(renderStateMachine(pipeline, resources));
const isDistributed = ({ state }: Place): boolean =>
  state.Type === "Map" && state.ItemProcessor.ProcessorConfig.Mode === "DISTRIBUTED";

/** States that run in the execution of a platform. */
function platformStates(places: readonly Place[]): Place[] {
  const maps = new Set(places.filter(isDistributed).map(({ name }) => name));
  return places.filter(({ within }) => within.some((name) => maps.has(name)));
}

test("the Map of a large build, its results in S3, and what takes them in", async () => {
  const places = placesOf(hhvm).filter(({ name }) => /ForEachPlatform/.test(name));
  const shown = places.map(({ name, state }) => [
    name,
    state.Type === "Map" ? { ...state, ItemProcessor: "…" } : state,
  ]);
  await expect(`${JSON.stringify(Object.fromEntries(shown), null, 2)}\n`).toMatchFileSnapshot(
    "../../golden/distributed-for-each-platform.asl.json",
  );
});

test.each([hhvm, muster])("with it, the state machine of $name is valid Amazon States Language", (pipeline) => {
  expect(validate(renderStateMachine(pipeline, resources))).toMatchObject({ isValid: true, errors: [] });
});

const random = Array.from({ length: 100 }, (_, seed) => randomPipeline(seed + 1));

test("whatever the flow, names stay unique and links inside their machine", () => {
  for (const pipeline of [hhvm, muster, ...random]) {
    const places = placesOf(pipeline);
    const names = places.map(({ name }) => name);
    expect(new Set(names).size, pipeline.summary).toBe(names.length);
    for (const { state, machine, name } of places) {
      for (const target of [...successors(state), ...catchTargets(state)])
        expect(machine.States, `${pipeline.summary}: ${name}`).toHaveProperty([target]);
    }
  }
});

test("whatever the flow, a platform's execution has the states that it has inline, each with its own name marked", () => {
  for (const pipeline of [hhvm, ...random]) {
    const places = placesOf(pipeline);
    const inline = places
      .filter(({ state }) => state.Type === "Map" && state.ItemProcessor.ProcessorConfig.Mode === "INLINE")
      .filter(({ name }) => name.startsWith("ForEachPlatform"));
    const inner = places.filter(({ within }) => inline.some(({ name }) => within.includes(name)));
    expect(
      platformStates(places)
        .map(({ name }) => name)
        .sort(),
      pipeline.summary,
    ).toEqual(inner.map(({ name }) => distributedState.of(name)).sort());
  }
});

test("nothing in a platform's execution takes that one for the build's", () => {
  const inner = platformStates(placesOf(hhvm));
  expect(inner.length).toBeGreaterThan(3);
  for (const { name, state } of inner) {
    expect(JSON.stringify(state), name).not.toContain("$$.Execution");
    const parameters = state.Type === "Task" && "Parameters" in state ? state.Parameters : undefined;
    if (parameters !== undefined) expect(parameters, name).toMatchObject({ "execution.$": "$.execution" });
  }
});

test("a failed platform stops no other: what its steps catch keeps its execution from failing", () => {
  for (const { name, state } of platformStates(placesOf(hhvm)).filter((place) => place.state.Type === "Task")) {
    expect(catchTargets(state), name).toHaveLength(1);
  }
  const map = placesOf(hhvm).find(isDistributed)?.state as MapState;
  expect(map).not.toHaveProperty("ToleratedFailureCount");
  expect(map).toMatchObject({ MaxConcurrencyPath: "$.platforms.atOnce" });
});
