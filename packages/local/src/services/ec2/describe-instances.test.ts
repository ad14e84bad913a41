import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstanceTypesCommand,
  DescribeSpotPriceHistoryCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { failure, openEc2 } from "./testing/open-ec2.ts";

test("filters with wildcards, and pages", async () => {
  const { ec2, run, describe, settle } = openEc2();
  const tagged = (name: string) => ({
    TagSpecifications: [{ ResourceType: "instance" as const, Tags: [{ Key: "Name", Value: name }] }],
  });
  for (let index = 0; index < 12; index++) await run(tagged(`ww-0-Make${index}`));
  await run({ ...tagged("other*"), InstanceType: "m5.large" });
  await settle();
  const named = (pattern: string) => describe({ Filters: [{ Name: "tag:Name", Values: [pattern] }] });
  expect(await named("ww-0-*")).toHaveLength(12);
  expect(await named("ww-0-Make1?")).toHaveLength(2);
  expect(await named("other\\*")).toHaveLength(1);
  expect(
    await describe({
      Filters: [
        { Name: "instance-state-name", Values: ["running"] },
        { Name: "instance-type", Values: ["m5.*"] },
      ],
    }),
  ).toHaveLength(1);
  const sizes: number[] = [];
  for await (const page of paginateDescribeInstances({ client: ec2, pageSize: 5 }, {})) {
    sizes.push((page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances).length);
  }
  expect(sizes).toEqual([5, 5, 3]);
  const { InstanceStatuses } = await ec2.send(new DescribeInstanceStatusCommand({}));
  expect(InstanceStatuses).toHaveLength(13);
});

test("tags are set, replaced, deleted with and without their value, and limited", async () => {
  const { ec2, runOne } = openEc2();
  const id = await runOne();
  const tag = (Key: string, Value: string) =>
    ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }));
  await tag("Name", "ww-0-A");
  await tag("Name", "wa-1-B");
  await tag("muster:task", "B");
  await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: "muster:task", Value: "other" }] }));
  const tags = async () =>
    (await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [id] }] }))).Tags?.map(
      ({ Key, Value }) => [Key, Value],
    );
  expect(await tags()).toEqual([
    ["Name", "wa-1-B"],
    ["muster:task", "B"],
  ]);
  await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: "muster:task" }] }));
  expect(await tags()).toEqual([["Name", "wa-1-B"]]);
  expect(await failure(tag("k", "v".repeat(257)))).toBe("InvalidParameterValue");
  expect(await failure(tag("aws:k", "v"))).toBe("InvalidParameterValue");
  const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
  expect(await failure(ec2.send(new CreateTagsCommand({ Resources: [id], Tags: many })))).toBe("TagLimitExceeded");
  const tagged = (Tags: { Key: string; Value: string }[]) =>
    failure(ec2.send(new CreateTagsCommand({ Resources: ["i-00000000000000000"], Tags })));
  expect(await tagged([{ Key: "k", Value: "v" }])).toBe("InvalidInstanceID.NotFound");
  expect(await tagged([])).toBe("MissingParameter");
});

test("the region's default network, types and prices", async () => {
  const { ec2 } = openEc2();
  const { AvailabilityZones } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  expect(AvailabilityZones?.map(({ ZoneName, ZoneId }) => [ZoneName, ZoneId])).toContainEqual([
    "us-west-2a",
    "usw2-az1",
  ]);
  const { Subnets } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "availability-zone", Values: ["us-west-2b"] }] }),
  );
  expect(Subnets).toMatchObject([{ AvailabilityZone: "us-west-2b", State: "available" }]);
  const { InstanceTypes } = await ec2.send(
    new DescribeInstanceTypesCommand({ InstanceTypes: ["r6i.4xlarge", "t2.micro"] }),
  );
  expect(InstanceTypes?.map(({ VCpuInfo, MemoryInfo }) => [VCpuInfo?.DefaultVCpus, MemoryInfo?.SizeInMiB])).toEqual([
    [16, 131_072],
    [1, 1024],
  ]);
  const { SpotPriceHistory } = await ec2.send(
    new DescribeSpotPriceHistoryCommand({ InstanceTypes: ["r6i.4xlarge"], AvailabilityZone: "us-west-2a" }),
  );
  expect(Number(SpotPriceHistory?.[0]?.SpotPrice)).toBeGreaterThan(0);
});
