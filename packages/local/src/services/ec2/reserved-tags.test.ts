import { CreateLaunchTemplateCommand, CreateTagsCommand, DeleteTagsCommand } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { failure, ImageId, openEc2 } from "./testing/open-ec2.ts";

test.each(["aws:", "aws:k", "AWS:k", "aws:ec2:fleet-id"])("nobody but EC2 sets or deletes the tag %s", async (Key) => {
  const { ec2, run, runOne, fleet } = openEc2();
  const id = await runOne();
  const Tags = [{ Key, Value: "v" }];
  const TagSpecifications = [{ ResourceType: "instance" as const, Tags }];
  const OfVolumes = [{ ResourceType: "volume" as const, Tags }];
  const template = { LaunchTemplateName: "t-1", LaunchTemplateData: { ImageId, TagSpecifications } };
  const calls = [
    run({ TagSpecifications }),
    run({ TagSpecifications: OfVolumes }),
    ec2.send(new CreateTagsCommand({ Resources: [id], Tags })),
    ec2.send(new DeleteTagsCommand({ Resources: [id], Tags })),
    ec2.send(new CreateLaunchTemplateCommand(template)),
  ];
  for (const call of calls) expect(await failure(call)).toBe("InvalidParameterValue");
  const { Errors = [] } = await fleet({ TagSpecifications });
  expect(new Set(Errors.map(({ ErrorCode }) => ErrorCode))).toEqual(new Set(["InvalidParameterValue"]));
});

test("deleting all tags leaves EC2's own, and these count against no limit", async () => {
  const { ec2, run, describe } = openEc2();
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "t-1", LaunchTemplateData: { ImageId } }));
  const [instance] = await run({ ImageId: undefined, LaunchTemplate: { LaunchTemplateName: "t-1" } });
  const Resources = [instance?.InstanceId ?? ""];
  const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
  await ec2.send(new CreateTagsCommand({ Resources, Tags: many }));
  await ec2.send(new DeleteTagsCommand({ Resources }));
  expect((await describe())[0]?.Tags?.map(({ Key }) => Key)).toEqual([
    "aws:ec2launchtemplate:id",
    "aws:ec2launchtemplate:version",
  ]);
});
