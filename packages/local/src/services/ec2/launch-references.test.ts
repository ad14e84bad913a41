import {
  CreateFleetCommand,
  CreateKeyPairCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeTagsCommand,
  type EC2Client,
  type RequestLaunchTemplateData,
  type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { ImageId, openEc2 } from "./testing/open-ec2.ts";

const NONE = "0123456789abcdef0";

/** What a launch may refer to, and what EC2 says when it is not there. */
const REFERENCES: readonly (readonly [Partial<RunInstancesCommandInput>, code: string, message: RegExp])[] = [
  [{ ImageId: `ami-${NONE}` }, "InvalidAMIID.NotFound", /^The image id '\[ami-0123456789abcdef0\]' does not exist$/],
  [{ ImageId: "ami-nope" }, "InvalidAMIID.Malformed", /^Invalid id: "ami-nope"/],
  [{ ImageId: "ami-123" }, "InvalidAMIID.Malformed", /"ami-123"/],
  [{ ImageId: "resolve:ssm:/none" }, "InvalidAMIID.NotFound", /'\/none'/],
  [{ KeyName: "none" }, "InvalidKeyPair.NotFound", /^The key pair 'none' does not exist$/],
  [
    { SecurityGroupIds: [`sg-${NONE}`] },
    "InvalidGroup.NotFound",
    /^The security group 'sg-0123456789abcdef0' does not exist$/,
  ],
  [{ SecurityGroupIds: ["default"] }, "InvalidGroupId.Malformed", /^Invalid id: "default" \(expecting "sg-\.\.\."\)$/],
  [
    { SecurityGroups: ["none"] },
    "InvalidGroup.NotFound",
    /^The security group 'none' does not exist in default VPC 'vpc-/,
  ],
  [
    { NetworkInterfaces: [{ DeviceIndex: 0, Groups: [`sg-${NONE}`] }] },
    "InvalidGroup.NotFound",
    /'sg-0123456789abcdef0' does not exist/,
  ],
  [
    { IamInstanceProfile: { Name: "none" } },
    "InvalidParameterValue",
    /^Value \(none\) for parameter iamInstanceProfile\.name is invalid\. Invalid IAM Instance Profile name$/,
  ],
  [
    { IamInstanceProfile: { Arn: "arn:aws:iam::000000000000:instance-profile/none" } },
    "InvalidParameterValue",
    /^Value \(arn:.*none\) for parameter iamInstanceProfile\.arn is invalid\. Invalid IAM Instance Profile ARN$/,
  ],
  [
    { SubnetId: `subnet-${NONE}` },
    "InvalidSubnetID.NotFound",
    /^The subnet ID 'subnet-0123456789abcdef0' does not exist$/,
  ],
  [{ SubnetId: "none" }, "InvalidSubnetID.Malformed", /"none"/],
  [
    { Placement: { AvailabilityZone: "us-west-2z" } },
    "InvalidParameterValue",
    /^Invalid availability zone: \[us-west-2z\]$/,
  ],
  [{ InstanceType: "t3.gigantic" as never }, "InvalidParameterValue", /^Invalid value 't3.gigantic' for InstanceType/],
  [
    { LaunchTemplate: { LaunchTemplateName: "none" } },
    "InvalidLaunchTemplateName.NotFoundException",
    /template name none, does not exist/,
  ],
  [{ LaunchTemplate: { LaunchTemplateId: `lt-${NONE}` } }, "InvalidLaunchTemplateId.NotFound", /does not exist/],
  [{ LaunchTemplate: { LaunchTemplateId: "none" } }, "InvalidLaunchTemplateId.Malformed", /Invalid id: "none"/],
];

const outcome = (call: Promise<unknown>) =>
  call.then(
    () => ({ code: "no failure", message: "" }),
    ({ name, message }: Error) => ({ code: name, message }),
  );

test.each(REFERENCES)("a launch with %j is refused: %s", async (input, code, message) => {
  const { run, describe } = openEc2();
  expect(await outcome(run(input))).toEqual({ code, message: expect.stringMatching(message) });
  expect(await describe()).toEqual([]);
});

/** Launch templates take anything: what is not there is told when they are used. */
const INHERITED = REFERENCES.filter(([input]) => input.LaunchTemplate === undefined);

test.each(INHERITED)("a launch template may say %j, and launching it is refused: %s", async (input, code) => {
  const { ec2, run, fleet } = openEc2();
  const { SubnetId, ...rest } = input as RunInstancesCommandInput;
  const LaunchTemplateData = {
    ImageId,
    ...(rest as RequestLaunchTemplateData),
    // Templates have subnets only by way of interfaces.
    ...(SubnetId !== undefined && { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId }] }),
  };
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "wrong", LaunchTemplateData }));
  const template = { LaunchTemplateName: "wrong", Version: "$Latest" };
  const fromTemplate = { ImageId: undefined, InstanceType: undefined, LaunchTemplate: template };
  expect((await outcome(run(fromTemplate))).code).toBe(code);
  const { Errors, Instances = [] } = await fleet({
    LaunchTemplateConfigs: [{ LaunchTemplateSpecification: template }],
  });
  expect(Errors?.map(({ ErrorCode }) => ErrorCode)).toEqual([code]);
  expect(Instances).toEqual([]);
});

test("what was created, or is always there, is taken, and the instance tells of it", async () => {
  const { aws, ec2, run } = openEc2({ ec2: { images: ["ami-0a1b2c3d4e5f60718"], instanceProfiles: ["builder"] } });
  const { KeyName = "" } = await ec2.send(new CreateKeyPairCommand({ KeyName: "me" }));
  const group = { GroupName: "workers", Description: "of the workers" };
  const { GroupId = "" } = await ec2.send(new CreateSecurityGroupCommand(group));
  const [instance] = await run({
    ImageId: "ami-0a1b2c3d4e5f60718",
    KeyName,
    SecurityGroupIds: [GroupId, aws.ec2.network.securityGroupId],
    IamInstanceProfile: { Name: "builder" },
    SubnetId: aws.ec2.network.subnets[1]?.subnetId,
  });
  const groups = [
    { GroupId, GroupName: "workers" },
    { GroupId: aws.ec2.network.securityGroupId, GroupName: "default" },
  ];
  expect(instance).toMatchObject({
    ImageId: "ami-0a1b2c3d4e5f60718",
    KeyName: "me",
    SecurityGroups: groups,
    IamInstanceProfile: {
      Arn: "arn:aws:iam::000000000000:instance-profile/builder",
      Id: expect.stringMatching(/^AIPA/),
    },
    NetworkInterfaces: [{ Groups: groups, SubnetId: aws.ec2.network.subnets[1]?.subnetId }],
  });
  const [byName] = await run({ SecurityGroups: ["workers"], IamInstanceProfile: { Name: "worker" } });
  expect(byName?.SecurityGroups).toEqual([groups[0]]);
  const both = { SecurityGroups: ["workers"], SubnetId: aws.ec2.network.subnets[0]?.subnetId };
  expect((await outcome(run(both))).code).toBe("InvalidParameterCombination");
});

test("images are those that DescribeImages lists, and those of AWS's public parameters, in every process", async () => {
  const { aws, ec2, run } = openEc2();
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({}));
  expect(Images.map((image) => image.ImageId)).toContain("ami-00000000000000000");
  for (const image of Images) expect((await run({ ImageId: image.ImageId }))[0]?.ImageId).toBe(image.ImageId);
  const Name = "/aws/service/some/image/that/nobody/listed";
  const { Parameter } = await new SSMClient(aws.clientConfig()).send(new GetParameterCommand({ Name }));
  const other = openEc2();
  expect(await other.run({ ImageId: Parameter?.Value })).toHaveLength(1);
  const described = await other.ec2.send(new DescribeImagesCommand({ ImageIds: [Parameter?.Value ?? ""] }));
  expect(described.Images).toMatchObject([{ State: "available" }]);
  const none = new DescribeImagesCommand({ ImageIds: [`ami-${NONE}`] });
  expect((await outcome(other.ec2.send(none))).code).toBe("InvalidAMIID.NotFound");
});

async function twoVersions(ec2: EC2Client): Promise<string> {
  const LaunchTemplateName = "worker";
  const LaunchTemplateData = { ImageId };
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }),
  );
  await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName, LaunchTemplateData }));
  return LaunchTemplate?.LaunchTemplateId ?? "";
}

test.each([
  [{ Version: "$Latest" }, "2"],
  [{ Version: "$Default" }, "1"],
  [{ Version: "2" }, "2"],
  [{}, "1"],
])(
  "instances tell of the template %j by its id and number, whether they came alone or by a fleet",
  async (how, version) => {
    const { ec2, run, fleet, describe } = openEc2();
    const id = await twoVersions(ec2);
    const template = { LaunchTemplateName: "worker", ...how };
    const ofTemplate = [
      { Key: "aws:ec2launchtemplate:id", Value: id },
      { Key: "aws:ec2launchtemplate:version", Value: version },
    ];
    const [alone] = await run({ ImageId: undefined, LaunchTemplate: template });
    expect(alone?.Tags).toEqual(ofTemplate);
    const { FleetId = "", Instances } = await fleet({
      LaunchTemplateConfigs: [{ LaunchTemplateSpecification: template, Overrides: [{ InstanceType: "t3.small" }] }],
    });
    expect(Instances?.map(({ LaunchTemplateAndOverrides }) => LaunchTemplateAndOverrides)).toEqual([
      {
        LaunchTemplateSpecification: { LaunchTemplateId: id, Version: version },
        Overrides: { InstanceType: "t3.small" },
      },
    ]);
    const ofFleet = await describe({ Filters: [{ Name: "tag:aws:ec2:fleet-id", Values: [FleetId] }] });
    expect(ofFleet).toHaveLength(3);
    expect(ofFleet[0]?.Tags).toEqual(
      expect.arrayContaining([...ofTemplate, { Key: "aws:ec2:fleet-id", Value: FleetId }]),
    );
    const { Tags } = await ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: "key", Values: ["aws:ec2:fleet-id"] }] }),
    );
    expect(Tags).toHaveLength(3);
  },
);

test("pools that refused are named by the template's id and number", async () => {
  const { aws, ec2, fleet } = openEc2();
  const id = await twoVersions(ec2);
  aws.ec2.faults.limitCapacity({}, 0);
  const { Errors } = await fleet({
    LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateName: "worker", Version: "$Latest" } }],
  });
  expect(Errors?.map(({ LaunchTemplateAndOverrides }) => LaunchTemplateAndOverrides)).toMatchObject([
    { LaunchTemplateSpecification: { LaunchTemplateId: id, Version: "2" } },
  ]);
});

test("a fleet of a template or version that is not there is refused as a whole", async () => {
  const { ec2 } = openEc2();
  await twoVersions(ec2);
  const refused = async (LaunchTemplateSpecification: object) => {
    const LaunchTemplateConfigs = [{ LaunchTemplateSpecification }];
    const TargetCapacitySpecification = { TotalTargetCapacity: 1 };
    return (
      await outcome(
        ec2.send(new CreateFleetCommand({ Type: "instant", LaunchTemplateConfigs, TargetCapacitySpecification })),
      )
    ).code;
  };
  expect(await refused({ LaunchTemplateName: "none", Version: "1" })).toBe(
    "InvalidLaunchTemplateName.NotFoundException",
  );
  expect(await refused({ LaunchTemplateName: "worker", Version: "7" })).toBe("InvalidLaunchTemplateId.VersionNotFound");
});

test("launch templates tell of what they refer to, and are found by it", async () => {
  const { ec2 } = openEc2();
  const LaunchTemplateName = "all";
  const data = {
    ImageId,
    KeyName: "me",
    SecurityGroupIds: ["sg-12345678"],
    IamInstanceProfile: { Name: "builder" },
    MetadataOptions: { HttpTokens: "required" as const },
  };
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: data }));
  const found = async (Name: string, value: string) =>
    (
      await ec2.send(
        new DescribeLaunchTemplateVersionsCommand({ Versions: ["$Latest"], Filters: [{ Name, Values: [value] }] }),
      )
    ).LaunchTemplateVersions ?? [];
  const [version] = await found("image-id", ImageId);
  expect(version?.LaunchTemplateData).toMatchObject(data);
  for (const [name, value] of Object.entries({
    "iam-instance-profile": "builder",
    "http-tokens": "req*",
    "is-default-version": "true",
  })) {
    expect(await found(name, value), name).toHaveLength(1);
    expect(await found(name, "other"), name).toHaveLength(0);
  }
  expect(await found("license-configuration-arn", "*")).toHaveLength(0);
});
