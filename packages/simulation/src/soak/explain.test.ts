import { expect, test } from "vitest";
import { soakPipeline } from "../soak-pipeline.ts";
import { brokenVariants } from "../testing/broken-variants.ts";
import { explain } from "./explain.ts";

test("a failing seed is told by the one fault that it takes", async () => {
  const variant = brokenVariants["launches without a client token"];
  if (variant === undefined) return expect.fail("there is no such variant");
  const { sabotage = {}, rates = {} } = variant;
  const found = await explain(1, { pipeline: soakPipeline, versions: ["1.0.0"], rates, sabotage });
  expect(found?.faults).toEqual(["ec2.lost/CreateFleet Compile#1"]);
  expect(found?.run.recorded.faults.map(({ kind }) => kind)).toEqual(["ec2.lost"]);
});
