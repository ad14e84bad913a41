import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { base64, failure, ImageId, openEc2 } from "./testing/open-ec2.ts";

test("launch templates: versions, defaults, and the request's own parameters before the template's", async () => {
  const { ec2 } = openEc2();
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: "worker",
      LaunchTemplateData: {
        ImageId,
        InstanceType: "r6i.4xlarge",
        InstanceInitiatedShutdownBehavior: "terminate",
        UserData: base64("boot"),
        BlockDeviceMappings: [{ DeviceName: "/dev/sda1", Ebs: { VolumeSize: 256, Encrypted: true } }],
        TagSpecifications: [
          {
            ResourceType: "instance",
            Tags: [
              { Key: "a", Value: "template" },
              { Key: "b", Value: "template" },
            ],
          },
        ],
      },
      TagSpecifications: [{ ResourceType: "launch-template", Tags: [{ Key: "stack", Value: "x" }] }],
    }),
  );
  const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId;
  await ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId,
      SourceVersion: "1",
      LaunchTemplateData: { InstanceType: "t3.small" },
    }),
  );
  const launch = async (Version?: string) =>
    (
      await ec2.send(
        new RunInstancesCommand({
          MinCount: 1,
          MaxCount: 1,
          LaunchTemplate: { LaunchTemplateName: "worker", ...(Version && { Version }) },
          TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "b", Value: "request" }] }],
        }),
      )
    ).Instances?.[0];
  expect(await launch()).toMatchObject({
    InstanceType: "r6i.4xlarge",
    Tags: expect.arrayContaining([
      { Key: "a", Value: "template" },
      { Key: "b", Value: "request" },
    ]),
  });
  expect((await launch("$Latest"))?.InstanceType).toBe("t3.small");
  const { LaunchTemplateVersions } = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId }));
  expect(
    LaunchTemplateVersions?.map(({ VersionNumber, LaunchTemplateData }) => [
      VersionNumber,
      LaunchTemplateData?.InstanceType,
    ]),
  ).toEqual([
    [2, "t3.small"],
    [1, "r6i.4xlarge"],
  ]);
  expect(LaunchTemplateVersions?.[1]?.LaunchTemplateData).toMatchObject({
    UserData: base64("boot"),
    BlockDeviceMappings: [{ DeviceName: "/dev/sda1", Ebs: { VolumeSize: 256 } }],
    TagSpecifications: [
      {
        ResourceType: "instance",
        Tags: [
          { Key: "a", Value: "template" },
          { Key: "b", Value: "template" },
        ],
      },
    ],
  });
  const { LaunchTemplates } = await ec2.send(
    new DescribeLaunchTemplatesCommand({ Filters: [{ Name: "tag:stack", Values: ["x"] }] }),
  );
  expect(LaunchTemplates).toMatchObject([
    { LaunchTemplateName: "worker", LatestVersionNumber: 2, DefaultVersionNumber: 1 },
  ]);
  const create = () =>
    ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "worker", LaunchTemplateData: { ImageId } }));
  expect(await failure(create())).toBe("InvalidLaunchTemplateName.AlreadyExistsException");
  expect(await failure(launch("7"))).toBe("InvalidLaunchTemplateId.VersionNotFound");
  await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId }));
  expect(await failure(launch())).toBe("InvalidLaunchTemplateName.NotFoundException");
});
