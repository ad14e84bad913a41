import { expect, test } from "vitest";
import { exampleActivity } from "../testing/example-pipeline.ts";

test("an activity that does not say otherwise may be silent for 5 minutes and wait for a worker for 30", () => {
  expect(exampleActivity("Make")).toMatchObject({ kind: "activity", heartbeat: 300, startTimeout: 1800 });
});

test("what an activity says itself counts", () => {
  expect(exampleActivity("Make", { heartbeat: 30, startTimeout: 60 })).toMatchObject({
    heartbeat: 30,
    startTimeout: 60,
  });
});
