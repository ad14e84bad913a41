import { expect, test } from "vitest";
import { resourcesOf } from "../../testing/references.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { synthStage } from "../../testing/synth-stage.ts";

test.each(["hhvm", "muster"])("nothing of %s is uploaded before its bucket keeps versions", async (pipeline) => {
  const stack = await synthStage(stage("test", usual(pipeline)));
  const uploads = resourcesOf(stack, "aws_s3_object");
  expect(uploads.length).toBeGreaterThan(0);
  for (const [name, { depends_on }] of uploads)
    expect(depends_on, name).toContain("aws_s3_bucket_versioning.assets_bucket_versioning");
});
