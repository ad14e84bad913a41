import {
  CreateFleetCommand,
  type CreateFleetCommandInput,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DeleteLaunchTemplateCommand,
  DeleteTagsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSpotPriceHistoryCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  EC2Client,
  GetConsoleOutputCommand,
  paginateDescribeInstances,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import { createLocalAws, type LocalAws, type LocalAwsOptions } from "../../local-aws.ts";
import type { RunningInstance } from "./run-instance.ts";

const ImageId = "ami-12345678";
const clock = virtualClock();
let aws: LocalAws;
let ec2: EC2Client;

function open(options: LocalAwsOptions = {}): void {
  aws = createLocalAws({ clock, ...options });
  aws.start();
  ec2 = new EC2Client({ ...aws.clientConfig(), maxAttempts: 1 });
}

afterEach(() => aws.close());

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error: Error) => error.name,
  );
const base64 = (text: string) => Buffer.from(text).toString("base64");
const run = async (input: Partial<RunInstancesCommandInput> = {}) =>
  (await ec2.send(new RunInstancesCommand({ ImageId, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1, ...input })))
    .Instances ?? [];
const runOne = async (input: Partial<RunInstancesCommandInput> = {}) => (await run(input))[0]?.InstanceId ?? "";
const describe = async (input: DescribeInstancesCommandInput = {}) =>
  ((await ec2.send(new DescribeInstancesCommand(input))).Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
const stateOf = async (id: string) => (await describe({ InstanceIds: [id] }))[0]?.State?.Name;
/** Lets promises and sockets settle, and timers that are due now fire. */
const settle = async () => {
  await aws.idle();
  clock.advance(0);
  await aws.idle();
};

test("an instance goes from pending through running to terminated, and is forgotten after an hour", async () => {
  open({ ec2: { bootMs: 30_000, shutdownMs: 5_000 } });
  const id = await runOne();
  expect(await stateOf(id)).toBe("pending");
  clock.advance(30_000);
  expect(await stateOf(id)).toBe("running");
  const { TerminatingInstances } = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect(TerminatingInstances).toMatchObject([
    { PreviousState: { Name: "running" }, CurrentState: { Name: "shutting-down" } },
  ]);
  await aws.idle();
  clock.advance(5_000);
  await aws.idle();
  const [instance] = await describe({ InstanceIds: [id] });
  expect(instance).toMatchObject({
    State: { Name: "terminated" },
    StateReason: { Code: "Client.UserInitiatedShutdown" },
  });
  clock.advance(3_600_000);
  expect(await failure(describe({ InstanceIds: [id] }))).toBe("InvalidInstanceID.NotFound");
});

test("an instance runs its user data, knows its tags, and shutting down from inside ends it as its launch template says", async () => {
  const seen: RunningInstance[] = [];
  open({
    async runInstance(instance) {
      seen.push(instance);
      instance.console("bye\n");
    },
  });
  const input = {
    UserData: base64("#!/bin/sh\necho hi\n"),
    TagSpecifications: [{ ResourceType: "instance" as const, Tags: [{ Key: "Name", Value: "ww-0" }] }],
  };
  const dying = await runOne({ ...input, InstanceInitiatedShutdownBehavior: "terminate" });
  const stopping = await runOne(input);
  await settle();
  expect(seen.map(({ userData, tags }) => [userData, tags])).toEqual([
    ["#!/bin/sh\necho hi\n", { Name: "ww-0" }],
    ["#!/bin/sh\necho hi\n", { Name: "ww-0" }],
  ]);
  expect(await stateOf(dying)).toBe("terminated");
  expect(await stateOf(stopping)).toBe("stopped");
  const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: dying }));
  expect(Buffer.from(Output ?? "", "base64").toString()).toBe("bye\n");
});

test("terminating an instance aborts what it runs, and waits for its end", async () => {
  let finish = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let aborted = false;
  open({
    runInstance: ({ signal }) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return ended;
    },
  });
  const id = await runOne();
  await settle();
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect(aborted).toBe(true);
  await aws.idle();
  expect(await stateOf(id)).toBe("shutting-down");
  finish();
  await aws.idle();
  expect(await stateOf(id)).toBe("terminated");
});

test("what an instance throws is on its console", async () => {
  open({ runInstance: async () => Promise.reject(new Error("no boot loader")) });
  const id = await runOne({ InstanceInitiatedShutdownBehavior: "terminate" });
  await settle();
  const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
  expect(Buffer.from(Output ?? "", "base64").toString()).toContain("no boot loader");
  expect(await stateOf(id)).toBe("terminated");
});

test("a stopped instance starts again", async () => {
  open();
  const id = await runOne();
  await settle();
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await settle();
  expect(await stateOf(id)).toBe("stopped");
  await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  await settle();
  expect(await stateOf(id)).toBe("running");
});

test("the same client token launches once, also after the instance has died; with other parameters it is an error", async () => {
  open();
  const [first] = await run({ ClientToken: "t", MaxCount: 2 });
  const again = await run({ ClientToken: "t", MaxCount: 2 });
  expect(again.map(({ InstanceId }) => InstanceId)).toContain(first?.InstanceId);
  expect(await describe()).toHaveLength(2);
  expect(await failure(run({ ClientToken: "t", MaxCount: 3 }))).toBe("IdempotentParameterMismatch");
  await settle();
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: again.map(({ InstanceId = "" }) => InstanceId) }));
  await settle();
  clock.advance(7_200_000);
  const dead = await run({ ClientToken: "t", MaxCount: 2 });
  expect(dead.map(({ State }) => State?.Name)).toEqual(["terminated", "terminated"]);
});

test("launch templates: versions, defaults, and the request's own parameters before the template's", async () => {
  open();
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
    Tags: [
      { Key: "a", Value: "template" },
      { Key: "b", Value: "request" },
    ],
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

test("what EC2 refuses before it looks for capacity is refused by the same names", async () => {
  open();
  expect(await failure(run({ InstanceType: "r6i.huge" as never }))).toBe("InvalidParameterValue");
  expect(await failure(run({ SubnetId: "subnet-00000000" }))).toBe("InvalidSubnetID.NotFound");
  expect(await failure(run({ ImageId: "ubuntu" }))).toBe("InvalidAMIID.Malformed");
  expect(await failure(run({ ImageId: "resolve:ssm:/none" }))).toBe("InvalidAMIID.NotFound");
  expect(await failure(run({ UserData: base64("x".repeat(16_385)) }))).toBe("InvalidParameterValue");
  expect(await failure(run({ UserData: "%%%" }))).toBe("InvalidUserData.Malformed");
  expect(await failure(run({ MinCount: 2, MaxCount: 1 }))).toBe("InvalidParameterValue");
  expect(await failure(run({ DryRun: true }))).toBe("DryRunOperation");
  expect(await failure(describe({ InstanceIds: ["i-nope"] }))).toBe("InvalidInstanceID.Malformed");
  expect(await failure(describe({ Filters: [{ Name: "colour", Values: ["red"] }] }))).toBe("no failure");
  await run();
  expect(await failure(describe({ Filters: [{ Name: "colour", Values: ["red"] }] }))).toBe("InvalidParameterValue");
});

test("images are resolved from the parameter store", async () => {
  open();
  await new SSMClient(aws.clientConfig()).send(
    new PutParameterCommand({ Name: "/images/worker", Value: "ami-0abc", Type: "String" }),
  );
  expect((await run({ ImageId: "resolve:ssm:/images/worker" }))[0]?.ImageId).toBe("ami-0abc");
  const [ubuntu] = await run({
    ImageId: "resolve:ssm:/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
  });
  expect(ubuntu?.ImageId).toMatch(/^ami-[0-9a-f]{17}$/);
});

test("filters with wildcards, and pages", async () => {
  open();
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
  open();
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
  expect(await failure(ec2.send(new CreateTagsCommand({ Resources: ["i-00000000000000000"], Tags: [] })))).toBe(
    "InvalidInstanceID.NotFound",
  );
});

const fleet = async (input: Partial<CreateFleetCommandInput> = {}) => {
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: `t${Math.random()}`, LaunchTemplateData: { ImageId } }),
  );
  const Overrides = ["r6i.4xlarge", "r6a.4xlarge"].flatMap((InstanceType) =>
    aws.ec2.network.subnets
      .slice(0, 2)
      .map(({ subnetId }) => ({ InstanceType: InstanceType as "r6i.4xlarge", SubnetId: subnetId })),
  );
  return ec2.send(
    new CreateFleetCommand({
      Type: "instant",
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId, Version: "$Default" },
          Overrides,
        },
      ],
      TargetCapacitySpecification: { TotalTargetCapacity: 3, DefaultTargetCapacityType: "spot" },
      SpotOptions: { AllocationStrategy: "capacity-optimized" },
      TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "muster:activity", Value: "A" }] }],
      ...input,
    }),
  );
};

test("a fleet takes what each pool has, goes on to the next, and answers the errors of those that refused", async () => {
  open();
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
  expect(instance).toMatchObject({ InstanceLifecycle: "spot", Tags: [{ Key: "muster:activity", Value: "A" }] });
});

test("a fleet without any capacity answers errors and no instance; below its minimum it launches nothing", async () => {
  open();
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

test("quotas are told apart from capacity, count virtual CPUs that run, and Service Quotas tells them", async () => {
  open({ vcpuQuotas: { onDemand: 32, spot: 16 } });
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
  open();
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

test("EC2's request buckets: five launches at once, then two a second, and fleets draw on the same bucket", async () => {
  open({ ec2: { requestLimits: true } });
  const burst = await Promise.all(Array.from({ length: 8 }, () => failure(run())));
  expect(burst.filter((name) => name === "RequestLimitExceeded")).toHaveLength(3);
  clock.advance(1_000);
  expect([await failure(run()), await failure(fleet()), await failure(run())]).toEqual([
    "no failure",
    "no failure",
    "RequestLimitExceeded",
  ]);
  clock.advance(60_000);
  expect(await failure(run({ MinCount: 1001, MaxCount: 1001 }))).toBe("RequestLimitExceeded");
});

test("a new instance is not known for a moment, by id or in lists or to tags", async () => {
  open({ ec2: { visibilityDelayMs: 2_000 } });
  const id = await runOne();
  expect(await describe()).toEqual([]);
  expect(await failure(describe({ InstanceIds: [id] }))).toBe("InvalidInstanceID.NotFound");
  expect(await failure(ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "a", Value: "b" }] })))).toBe(
    "InvalidInstanceID.NotFound",
  );
  expect(aws.ec2.instances()).toHaveLength(1);
  clock.advance(2_000);
  expect(await describe()).toHaveLength(1);
});

test("an instance that never boots looks as if it ran, and its console tells", async () => {
  let booted = 0;
  open({
    async runInstance() {
      booted++;
    },
  });
  aws.ec2.faults.neverBoot({ count: 1, console: "cloud-init: no network\n" });
  const id = await runOne();
  await run();
  await settle();
  expect(booted).toBe(1);
  expect(await stateOf(id)).toBe("running");
  const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
  expect(Buffer.from(Output ?? "", "base64").toString()).toBe("cloud-init: no network\n");
});

test("the region's default network, types and prices", async () => {
  open();
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

test("an unknown action and a call that a test breaks are errors by their names", async () => {
  open();
  const body = "Action=MakeCoffee&Version=2016-11-15";
  const { url } = await aws.listen();
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect(await answer.text()).toContain("<Code>InvalidAction</Code>");
  aws.failCalls({ service: "ec2", operation: "RunInstances", times: 1 }, { code: "Unsupported" });
  expect(await failure(run())).toBe("Unsupported");
  aws.failCalls({ operation: "RunInstances", times: 1 }, { code: "InternalError", status: 500, afterwards: true });
  expect(await failure(run({ ClientToken: "t" }))).toBe("InternalError");
  expect(await run({ ClientToken: "t" })).toHaveLength(1);
  expect(await describe()).toHaveLength(1);
});
