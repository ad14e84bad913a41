import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type DescribeSecurityGroupsCommandInput,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { failure, openEc2 } from "./testing/open-ec2.ts";

function openGroups() {
  const opened = openEc2();
  const { ec2 } = opened;
  const create = (GroupName: string, VpcId?: string) =>
    ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: `of ${GroupName}`, VpcId }));
  const names = async (input: DescribeSecurityGroupsCommandInput = {}) =>
    (await ec2.send(new DescribeSecurityGroupsCommand(input))).SecurityGroups?.map(({ GroupName }) => GroupName);
  const remove = (GroupId: string) => ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  return { ...opened, create, names, remove };
}

test("groups are there besides the default one from their creation to their deletion", async () => {
  const { aws, ec2, create, names, remove } = openGroups();
  const { GroupId = "" } = await create("workers", aws.ec2.network.vpcId);
  expect(await names()).toEqual(["default", "workers"]);
  expect(await names({ GroupNames: ["workers"], Filters: [{ Name: "description", Values: ["of *"] }] })).toEqual([
    "workers",
  ]);
  await ec2.send(new CreateTagsCommand({ Resources: [GroupId], Tags: [{ Key: "a", Value: "b" }] }));
  expect(await names({ Filters: [{ Name: "tag:a", Values: ["b"] }] })).toEqual(["workers"]);
  await remove(GroupId);
  expect(await names()).toEqual(["default"]);
  expect(await failure(names({ GroupIds: [GroupId] }))).toBe("InvalidGroup.NotFound");
});

test("what EC2 refuses of groups is refused by its names", async () => {
  const { aws, create, names, remove } = openGroups();
  await create("workers");
  expect(await failure(create("workers"))).toBe("InvalidGroup.Duplicate");
  expect(await failure(create("default"))).toBe("InvalidGroup.Reserved");
  expect(await failure(create("sg-mine"))).toBe("InvalidParameterValue");
  expect(await failure(create("other", "vpc-12345678"))).toBe("InvalidVpcID.NotFound");
  expect(await failure(names({ GroupIds: ["workers"] }))).toBe("InvalidGroupId.Malformed");
  expect(await failure(names({ GroupNames: ["none"] }))).toBe("InvalidGroup.NotFound");
  expect(await failure(remove(aws.ec2.network.securityGroupId))).toBe("CannotDelete");
});

test("a group that an instance has cannot be deleted before that has ended", async () => {
  const { ec2, create, remove, runOne, settle } = openGroups();
  const { GroupId = "" } = await create("workers");
  const id = await runOne({ SecurityGroupIds: [GroupId] });
  await settle();
  expect(await failure(remove(GroupId))).toBe("DependencyViolation");
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await settle();
  await remove(GroupId);
});
