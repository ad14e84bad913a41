import { CreateFleetCommand, CreateLaunchTemplateCommand } from "@aws-sdk/client-ec2";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { expect, test } from "vitest";
import { failure, ImageId, openEc2 } from "./testing/open-ec2.ts";

test("a fleet takes what each pool has, goes on to the next, and answers the errors of those that refused", async () => {
  const { aws, describe, fleet } = openEc2();
  aws.ec2.faults.limitCapacity({ instanceType: "r6i.4xlarge", availabilityZone: "us-west-2a" }, 1);
  aws.ec2.faults.limitCapacity({ instanceType: "r6i.4xlarge", availabilityZone: "us-west-2b", market: "spot" }, 0);
  const { Instances, Errors, FleetId } = await fleet();
  expect(FleetId).toMatch(/^fleet-/);
  expect(
    Instances?.map(({ InstanceType, Lifecycle, InstanceIds, LaunchTemplateAndOverrides }) => [
      InstanceType,
      Lifecycle,
      InstanceIds?.length,
      LaunchTemplateAndOverrides?.Overrides?.SubnetId,
    ]),
  ).toEqual([
    ["r6i.4xlarge", "spot", 1, aws.ec2.network.subnets[0]?.subnetId],
    ["r6a.4xlarge", "spot", 2, aws.ec2.network.subnets[0]?.subnetId],
  ]);
  expect(Errors?.map(({ ErrorCode, Lifecycle }) => [ErrorCode, Lifecycle])).toEqual([
    ["InsufficientInstanceCapacity", "spot"],
    ["InsufficientInstanceCapacity", "spot"],
  ]);
  const [instance] = await describe({ Filters: [{ Name: "tag:muster:activity", Values: ["A"] }] });
  expect(instance?.InstanceLifecycle).toBe("spot");
  expect(instance?.Tags).toContainEqual({ Key: "muster:activity", Value: "A" });
});

test("a fleet without any capacity answers errors and no instance; below its minimum it launches nothing", async () => {
  const { aws, describe, fleet } = openEc2();
  const more = aws.ec2.faults.limitCapacity({}, 2);
  const few = await fleet({ SpotOptions: { MinTargetCapacity: 3 } });
  expect(few.Instances ?? []).toEqual([]);
  expect(await describe()).toEqual([]);
  expect((await fleet()).Instances?.flatMap(({ InstanceIds = [] }) => InstanceIds)).toHaveLength(2);
  more();
  aws.ec2.faults.limitCapacity({}, 0);
  const none = await fleet();
  expect(none.Instances ?? []).toEqual([]);
  expect(none.Errors).toHaveLength(4);
});

test("a pool answers the error that a test orders for it, and the others go on", async () => {
  const { aws, fleet } = openEc2();
  const zone = { instanceType: "r6i.4xlarge", availabilityZone: "us-west-2a" };
  const heal = aws.ec2.faults.refuse(zone, { code: "InvalidFleetConfiguration", message: "not offered there" });
  const { Instances, Errors } = await fleet();
  expect(Errors?.map(({ ErrorCode, ErrorMessage }) => [ErrorCode, ErrorMessage])).toEqual([
    ["InvalidFleetConfiguration", "not offered there"],
  ]);
  expect(Instances?.flatMap(({ InstanceIds = [] }) => InstanceIds)).toHaveLength(3);
  heal();
  expect((await fleet()).Errors ?? []).toEqual([]);
});

test("quotas are told apart from capacity, count virtual CPUs that run, and Service Quotas tells them", async () => {
  const { aws, run, fleet } = openEc2({ vcpuQuotas: { onDemand: 32, spot: 16 } });
  await run({ InstanceType: "r6i.4xlarge" });
  expect(await failure(run({ InstanceType: "r6i.8xlarge" }))).toBe("VcpuLimitExceeded");
  expect(await failure(run({ InstanceType: "r6i.8xlarge", InstanceMarketOptions: { MarketType: "spot" } }))).toBe(
    "MaxSpotInstanceCountExceeded",
  );
  const { Instances, Errors } = await fleet({
    TargetCapacitySpecification: { TotalTargetCapacity: 3, DefaultTargetCapacityType: "on-demand" },
  });
  expect(Instances?.flatMap(({ InstanceIds = [] }) => InstanceIds)).toHaveLength(1);
  expect(Errors?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    "VcpuLimitExceeded",
    "VcpuLimitExceeded",
    "VcpuLimitExceeded",
    "VcpuLimitExceeded",
  ]);
  const quotas = new ServiceQuotasClient(aws.clientConfig());
  const quota = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode: "L-1216C47A" }));
  expect(quota.Quota?.Value).toBe(32);
});

test("a client token makes a fleet once", async () => {
  const { ec2, describe } = openEc2();
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: "worker",
      LaunchTemplateData: { ImageId, InstanceType: "t3.micro" },
    }),
  );
  const make = (TotalTargetCapacity: number) =>
    ec2.send(
      new CreateFleetCommand({
        Type: "instant",
        ClientToken: "f",
        LaunchTemplateConfigs: [
          { LaunchTemplateSpecification: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId, Version: "1" } },
        ],
        TargetCapacitySpecification: { TotalTargetCapacity, DefaultTargetCapacityType: "on-demand" },
      }),
    );
  const first = await make(2);
  expect((await make(2)).Instances).toEqual(first.Instances);
  expect(await failure(make(3))).toBe("IdempotentParameterMismatch");
  expect(await describe()).toHaveLength(2);
});
