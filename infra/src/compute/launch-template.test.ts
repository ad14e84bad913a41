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
