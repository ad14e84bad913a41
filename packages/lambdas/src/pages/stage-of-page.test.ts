import { expect, test } from "vitest";
import { examplePipeline } from "../../test/example-pipeline.ts";
import { exampleStage } from "../../test/example-stage.ts";
import { stageOfPage } from "./stage-of-page.ts";

const pipeline = examplePipeline();

test("a page of a stage on AWS leads to the console of its region, and has the prices of the machines that steps declare", () => {
  const onAws = (region: string) =>
    stageOfPage(pipeline, { ...exampleStage(pipeline), stage: "production", region }, "1.2.3_alice");
  expect(onAws("us-west-2").records).toBe(
    "https://us-west-2.console.aws.amazon.com/s3/buckets/state?region=us-west-2&prefix=attempts%2F1.2.3_alice%2F",
  );
  expect(onAws("cn-north-1").records).toContain("https://cn-north-1.console.amazonaws.cn/");
  expect(onAws("us-gov-west-1").records).toContain("https://us-gov-west-1.console.amazonaws-us-gov.com/");
  expect(onAws("us-west-2").prices?.get("MakeSourceTarball")).toBeCloseTo(0.0116, 3);
});

test("on this machine it leads to a folder, and machines cost nothing", () => {
  const stage = { ...exampleStage(pipeline), stage: "local", downloadsUrl: "file:///home/a/.muster/s3/downloads" };
  expect(stageOfPage(pipeline, stage, "1.2.3_alice")).toEqual({
    records: "file:///home/a/.muster/s3/state/attempts/1.2.3_alice/",
  });
});
