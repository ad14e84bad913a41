import {
  CreateLaunchTemplateCommand,
  DescribeInstanceStatusCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { FILTER_NAMES } from "./filter-names.ts";
import { failure, ImageId, openEc2 } from "./testing/open-ec2.ts";

const valuesOf = (description: unknown): string[] => {
  if (description instanceof Date) return [description.toISOString()];
  if (typeof description !== "object" || description === null) return [String(description)];
  return Object.values(description).flatMap(valuesOf);
};

async function openFull() {
  const opened = openEc2();
  const LaunchTemplateData = { ImageId };
  await opened.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "t-1", LaunchTemplateData }));
  const [instance] = await opened.run({
    ImageId: undefined,
    LaunchTemplate: { LaunchTemplateName: "t-1" },
    InstanceMarketOptions: { MarketType: "spot" },
    IamInstanceProfile: { Name: "worker" },
    ClientToken: "once",
  });
  await opened.settle();
  const found = (Name: string, ...Values: string[]) => opened.describe({ Filters: [{ Name, Values }] });
  return { ...opened, id: instance?.InstanceId ?? "", found };
}

test("every filter of EC2's reference is taken, and finds instances by nothing that they do not tell", async () => {
  const { describe, found } = await openFull();
  const [described] = await describe();
  const told = new Set(valuesOf(described));
  const telling: string[] = [];
  for (const name of FILTER_NAMES.DescribeInstances) {
    const all = await found(name, "*");
    expect(await found(name, "no such value"), name).toEqual([]);
    if (all.length === 0) continue;
    telling.push(name);
    const isTold = (await found(name, ...[...told].map((value) => value.replace(/[*?\\]/g, "\\$&")))).length > 0;
    if (!isTold) expect(UNTOLD, name).toContain(name);
  }
  expect(telling.length).toBeGreaterThan(70);
});

/** Of the reservation, of zones, or of what a description leaves out because it is so for all. */
const UNTOLD = [
  "availability-zone-id",
  "capacity-reservation-specification.capacity-reservation-preference",
  "maintenance-options.auto-recovery",
  "network-interface.availability-zone",
  "operator.managed",
  "network-interface.operator.managed",
  "owner-id",
  "private-dns-name-options.hostname-type",
  "reason",
  "reservation-id",
  "state-reason-code",
  "state-reason-message",
  "usage-operation-update-time",
];

test("names that EC2 does not know are refused, also where there is no instance", async () => {
  const { describe } = openEc2();
  for (const Name of ["colour", "Instance-Type", "instancetype", "tag:"]) {
    expect(await failure(describe({ Filters: [{ Name, Values: ["*"] }] })), Name).toBe("InvalidParameterValue");
  }
});

test("a terminated instance is found by what it still is, not by what it had", async () => {
  const { ec2, id, found, settle } = await openFull();
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await settle();
  expect(await found("instance-state-name", "terminated")).toHaveLength(1);
  expect(await found("state-reason-code", "Client.*")).toHaveLength(1);
  for (const name of ["vpc-id", "instance.group-id", "block-device-mapping.volume-id", "network-interface.subnet-id"])
    expect(await found(name, "*"), name).toEqual([]);
});

test("states of instances are filtered as well, and names of the other operation are not theirs", async () => {
  const { ec2 } = await openFull();
  const statuses = (Name: string, value: string) =>
    ec2.send(new DescribeInstanceStatusCommand({ Filters: [{ Name, Values: [value] }] }));
  for (const name of FILTER_NAMES.DescribeInstanceStatus) await statuses(name, "*");
  expect((await statuses("instance-status.status", "ok")).InstanceStatuses).toHaveLength(1);
  expect((await statuses("system-status.reachability", "failed")).InstanceStatuses ?? []).toEqual([]);
  expect(await failure(statuses("instance-type", "*"))).toBe("InvalidParameterValue");
});
