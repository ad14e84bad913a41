import { expect, test } from "vitest";
import { activity } from "./declare-activity.ts";
import { definePipeline } from "./define-pipeline.ts";
import { minutes } from "./duration.ts";
import { forEachVersion, parallel } from "./flow.ts";
import { fixedPlatforms } from "./platform.ts";
import {
  branchEndStateName,
  fixedState,
  fixedStateNames,
  itemEndStateName,
  mapState,
  mapStateOf,
  numberedMapStateName,
  prepareState,
  roleOfState,
  statesOfActivity,
} from "./state-names.ts";

/** Parts that the names of other states have, too, and some that they do not. */
const PARTS = ["PrepareTo", "Should", "End", "And", "Version", "Platform", "HealthCheck", "Make", "Publish", "X", "2"];

/** The same names every time: a generator of Park and Miller's. */
function randomNames(count: number): string[] {
  let state = 42;
  const below = (limit: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
  const name = () => Array.from({ length: 1 + below(4) }, () => PARTS[below(PARTS.length)]).join("");
  return Array.from({ length: count }, name).filter((candidate) => /^[A-Z]/.test(candidate));
}
const names = [...new Set(randomNames(500)), "PrepareTo", "PrepareToPrepareTo", "ShouldShould"];

test("whatever an activity is called, the state that prepares it says so", () => {
  expect(names.filter((name) => name.startsWith("PrepareTo")).length).toBeGreaterThan(30);
  for (const name of names) expect(prepareState.activityOf(prepareState.of(name))).toBe(name);
});

test("whatever an activity is called, its three states have three names, and only one of them is the preparing one", () => {
  for (const name of names) {
    expect(new Set(statesOfActivity(name)).size).toBe(3);
    expect(statesOfActivity(name).filter((state) => state === prepareState.of(name))).toHaveLength(1);
  }
});

test("whatever an activity is called, its states are no map's, and its map's are", () => {
  for (const name of names) for (const state of statesOfActivity(name)) expect(mapStateOf(state)).toBeUndefined();
  for (const map of Object.values(mapState))
    for (const number of [1, 2, 17]) expect(mapStateOf(numberedMapStateName(map, number))).toBe(map);
});

test("two activities of which one is called like a state of the other's are refused together, and taken apart", () => {
  const named = (name: string) =>
    activity({ name, per: "version", script: "x.sh", timeout: minutes(30), worker: { instanceTypes: ["t3.micro"] } });
  const pipeline =
    (...steps: string[]) =>
    () =>
      definePipeline({
        name: "example",
        summary: "",
        platforms: fixedPlatforms("debian-12-bookworm"),
        flow: forEachVersion(parallel(...steps.map(named))),
        image: "ami",
        dummyScript: "dummy.sh",
        invalidates: [],
      });
  for (const state of ["PrepareToShip", "ShouldShip", "ShipEnd"]) {
    expect(pipeline("Ship", state), state).toThrow(`two states would be called ${state}`);
    expect(pipeline(state), state).not.toThrow();
  }
});

test("no state that every build has is taken for one that prepares an activity", () => {
  expect(fixedStateNames.filter((name) => prepareState.activityOf(name) !== undefined)).toEqual([]);
  expect(new Set(fixedStateNames).size).toBe(fixedStateNames.length);
});

test("states that a user hears nothing of, waits for, or reads the verdict from", () => {
  const inRole = (role: string) => fixedStateNames.filter((name) => roleOfState(name) === role);
  expect(inRole("pacing")).toEqual(["EndHealthCheck", "HealthCheckWait", "HealthCheck"]);
  expect(inRole("publication")).toEqual(["UpdateIndices", "InvalidateCloudFront"]);
  expect(inRole("verdict")).toEqual(["CheckForFailures"]);
  expect(roleOfState("MakeBinaryPackage")).toBe("bookkeeping");
});

test("ends are named after what they end", () => {
  expect([fixedState.versionEnd, branchEndStateName("PublishSourceTarball")]).toEqual([
    "VersionEnd",
    "PublishSourceTarballEnd",
  ]);
});

test("a numbered map's items have an end of their own", () => {
  expect([itemEndStateName("ForEachPlatform"), itemEndStateName("ForEachPlatform2")]).toEqual([
    "PlatformEnd",
    "Platform2End",
  ]);
});
