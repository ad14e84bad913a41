import {
  _InstanceType,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSpotPriceHistoryCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { INSTANCE_TYPES } from "./instance-families.ts";
import { describeInstanceType } from "./instance-type.ts";
import { failure, openEc2 } from "./testing/open-ec2.ts";

test("instance types are those that the SDK knows", () => {
  expect([...INSTANCE_TYPES].sort()).toEqual(Object.values(_InstanceType).sort());
});

test("every type has CPUs, memory and a price", () => {
  for (const name of INSTANCE_TYPES) {
    const { vcpus, memoryMib, onDemandPrice } = describeInstanceType(name);
    expect(Math.min(vcpus, memoryMib, onDemandPrice), name).toBeGreaterThan(0);
  }
});

test.each([
  ["t2.micro", 1, 1],
  ["t3.micro", 2, 1],
  ["t3.xlarge", 4, 16],
  ["m7g.medium", 1, 4],
  ["r6i.4xlarge", 16, 128],
  ["c6i.metal", 128, 256],
  ["m7i.metal-24xl", 96, 384],
])("%s has %d CPUs and %d GiB", (name, vcpus, gib) => {
  expect(describeInstanceType(name)).toMatchObject({ vcpus, memoryMib: gib * 1024 });
});

test.each(["t3.gigantic", "t3.99xlarge", "q1.large", "large", "t3", "", "constructor.large"])(
  "%j is no type: launching and describing it is refused",
  async (name) => {
    const { ec2, run } = openEc2();
    const InstanceTypes = [name as never];
    expect(await failure(run({ InstanceType: name as never }))).toBe("InvalidParameterValue");
    expect(await failure(ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes })))).toBe("InvalidInstanceType");
    expect(await failure(ec2.send(new DescribeSpotPriceHistoryCommand({ InstanceTypes })))).toBe("InvalidInstanceType");
  },
);

test("types are found by what they have, and by where they are offered", async () => {
  const { ec2 } = openEc2();
  const Filters = [
    { Name: "instance-type", Values: ["t3.*"] },
    { Name: "vcpu-info.default-vcpus", Values: ["4", "8"] },
  ];
  const { InstanceTypes } = await ec2.send(new DescribeInstanceTypesCommand({ Filters }));
  expect(InstanceTypes?.map(({ InstanceType }) => InstanceType)).toEqual(["t3.xlarge", "t3.2xlarge"]);
  const { InstanceTypeOfferings } = await ec2.send(
    new DescribeInstanceTypeOfferingsCommand({
      LocationType: "availability-zone",
      Filters: [
        { Name: "instance-type", Values: ["r6?.4xlarge"] },
        { Name: "location", Values: ["us-west-2b"] },
      ],
    }),
  );
  expect(InstanceTypeOfferings?.map(({ InstanceType }) => InstanceType)).toEqual([
    "r6a.4xlarge",
    "r6g.4xlarge",
    "r6i.4xlarge",
  ]);
});
