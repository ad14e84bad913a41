import { expect, test } from "vitest";
import { resourcesOf } from "../../testing/references.ts";
import { ENCRYPTION_KEY, everything, stage, usual } from "../../testing/sample-stages.ts";
import { type Resource, synthStage } from "../../testing/synth-stage.ts";
import type { StageDefinition } from "../stage-settings.ts";

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

test("workers wait for a task as long as the stage's policy says", async () => {
  const { locals } = await synthStage(stage("test", everything("hhvm")));
  const userData = Object.entries(locals as Record<string, string>).filter(([name]) => name.endsWith("_user_data"));
  expect(userData).toHaveLength(5);
  for (const [name, text] of userData) expect(text, name).toMatch(/^export IDLE_SECONDS='?300/m);
});

test("volumes are encrypted with AWS's own key, whatever the region's default for EBS is", async () => {
  expect(await volumeKeys(usual("hhvm"))).toEqual(["arn:aws:kms:us-west-2:111122223333:alias/aws/ebs"]);
});

test("volumes are encrypted with the stage's own key, where it has one", async () => {
  expect(await volumeKeys(everything("hhvm"))).toEqual([ENCRYPTION_KEY]);
});

async function volumeKeys(definition: StageDefinition): Promise<unknown[]> {
  const templates = resourcesOf(await synthStage(stage("test", definition)), "aws_launch_template");
  const volumes = templates.flatMap(([, { block_device_mappings }]) => block_device_mappings as Resource[]);
  expect(volumes.map(({ ebs }) => (ebs as Resource).encrypted)).toEqual(volumes.map(() => "true"));
  return [...new Set(volumes.map(({ ebs }) => (ebs as Resource).kms_key_id))];
}
