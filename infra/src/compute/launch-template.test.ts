import { expect, test } from "vitest";
import { resourcesOf } from "../../testing/references.ts";
import { everything, stage } from "../../testing/sample-stages.ts";
import { type Resource, synthStage } from "../../testing/synth-stage.ts";

test("instances and their volumes bear the stage's tags beside Muster's own, which win", async () => {
  const tags = { team: "releases", Name: "somebody-else" };
  const stack = await synthStage(stage("test", { ...everything("hhvm"), tags }));
  for (const [name, { tag_specifications }] of resourcesOf(stack, "aws_launch_template")) {
    const specifications = tag_specifications as Resource[];
    expect(specifications.map(({ resource_type }) => resource_type)).toEqual(["instance", "volume"]);
    for (const specification of specifications)
      expect(specification.tags, name).toMatchObject({ team: "releases", Name: expect.stringMatching(/^ww-0-/) });
  }
});

test("volumes are encrypted with AWS's own key, whatever the region's default for EBS is", async () => {
  const stack = await synthStage(stage("test", { ...everything("hhvm") }));
  const templates = resourcesOf(stack, "aws_launch_template");
  expect(templates).not.toEqual([]);
  for (const [name, { block_device_mappings }] of templates)
    for (const { ebs } of block_device_mappings as Resource[])
      expect(ebs, name).toMatchObject({
        encrypted: "true",
        kms_key_id: "arn:aws:kms:us-west-2:111122223333:alias/aws/ebs",
      });
});
