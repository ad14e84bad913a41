import { expect, test } from "vitest";
import { functionNames, StageDescription, stageParameter } from "./stage-description.ts";
import { fixedStateNames } from "./state-names.ts";

test("a description without one of its buckets is refused, by the bucket's name", () => {
  const { error } = StageDescription.safeParse({ buckets: { assets: "a", scratch: "b", downloads: "c" } });
  expect(error?.issues.map(({ path }) => path.join("."))).toContain("buckets.state");
});

test("a stage's description has one place", () => {
  expect(stageParameter("staging")).toBe("/muster/staging/description");
});

test("functions are named after the states that call them, those aside that no state calls by its own name", () => {
  const states = new Set<string>(fixedStateNames);
  expect(functionNames.filter((name) => !states.has(name))).toEqual([
    "PrepareActivity",
    "Repair",
    "Reap",
    "BuildStatus",
  ]);
});
