import { expect, test } from "vitest";
import { examplePipeline } from "../../test/example-pipeline.ts";
import { exampleStage } from "../../test/example-stage.ts";
import { stageOfPage } from "./stage-of-page.ts";

const pipeline = examplePipeline();

test("a page of a stage on AWS leads to the console of its region, and has the prices of the machines that steps declare", () => {
  const onAws = (region: string) =>
    stageOfPage(pipeline, { ...exampleStage(pipeline), stage: "production", region }, "1.2.3_alice");
  const recordsIn = (region: string) => onAws(region).records?.("MakeSourceTarball-1.2.3");
  expect(recordsIn("us-west-2")).toBe(
    "https://us-west-2.console.aws.amazon.com/s3/buckets/state?region=us-west-2&prefix=attempts%2FMakeSourceTarball%2F1.2.3_alice%2FMakeSourceTarball-1.2.3%2F",
  );
  expect(recordsIn("cn-north-1")).toContain("https://cn-north-1.console.amazonaws.cn/");
  expect(recordsIn("us-gov-west-1")).toContain("https://us-gov-west-1.console.amazonaws-us-gov.com/");
  expect(onAws("us-west-2").prices?.get("MakeSourceTarball")).toBeCloseTo(0.0116, 3);
});

test("on this machine it leads to a folder, and machines cost nothing", () => {
  const stage = { ...exampleStage(pipeline), stage: "local", downloadsUrl: "file:///home/a/.muster/s3/downloads" };
  const { records, ...rest } = stageOfPage(pipeline, stage, "1.2.3_alice");
  expect(rest).toEqual({});
  expect(records?.("MakeSourceTarball-1.2.3")).toBe(
    "file:///home/a/.muster/s3/state/attempts/MakeSourceTarball/1.2.3_alice/MakeSourceTarball-1.2.3/",
  );
});
