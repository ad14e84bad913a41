import {
  CreateFleetCommand,
  type CreateFleetCommandInput,
  CreateLaunchTemplateCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  EC2Client,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import { onTestFinished } from "vitest";
import { virtualClock } from "../../../clock.ts";
import { createLocalAws, type LocalAwsOptions } from "../../../local-aws.ts";

export const ImageId = "ami-12345678";

/** An EC2 in virtual time with a real client, closed when the test has finished. */
export function openEc2(options: LocalAwsOptions = {}) {
  const clock = virtualClock();
  const aws = createLocalAws({ clock, ...options });
  aws.start();
  onTestFinished(() => aws.close());
  const ec2 = new EC2Client({ ...aws.clientConfig(), maxAttempts: 1 });
  const run = async (input: Partial<RunInstancesCommandInput> = {}) =>
    (await ec2.send(new RunInstancesCommand({ ImageId, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1, ...input })))
      .Instances ?? [];
  const describe = async (input: DescribeInstancesCommandInput = {}) =>
    ((await ec2.send(new DescribeInstancesCommand(input))).Reservations ?? []).flatMap(
      ({ Instances = [] }) => Instances,
    );
  let templates = 0;
  return {
    aws,
    clock,
    ec2,
    run,
    describe,
    runOne: async (input: Partial<RunInstancesCommandInput> = {}) => (await run(input))[0]?.InstanceId ?? "",
    stateOf: async (id: string) => (await describe({ InstanceIds: [id] }))[0]?.State?.Name,
    /** Lets promises and sockets settle, and timers that are due now fire. */
    async settle() {
      await aws.idle();
      clock.advance(0);
      await aws.idle();
    },
    /** Two types in two zones, spot; three instances are wanted. */
    async fleet(input: Partial<CreateFleetCommandInput> = {}) {
      const LaunchTemplateName = `fleet-${templates++}`;
      await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: { ImageId } }));
      const Overrides = (["r6i.4xlarge", "r6a.4xlarge"] as const).flatMap((InstanceType) =>
        aws.ec2.network.subnets.slice(0, 2).map(({ subnetId }) => ({ InstanceType, SubnetId: subnetId })),
      );
      const LaunchTemplateSpecification = { LaunchTemplateName, Version: "$Default" };
      return ec2.send(
        new CreateFleetCommand({
          Type: "instant",
          LaunchTemplateConfigs: [{ LaunchTemplateSpecification, Overrides }],
          TargetCapacitySpecification: { TotalTargetCapacity: 3, DefaultTargetCapacityType: "spot" },
          SpotOptions: { AllocationStrategy: "capacity-optimized" },
          TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "muster:activity", Value: "A" }] }],
          ...input,
        }),
      );
    },
  };
}

/** The name of the error that a call ends with. */
export const failure = (call: Promise<unknown>) =>
  call.then(
    () => "no failure",
    (error: Error) => error.name,
  );

export const base64 = (text: string) => Buffer.from(text).toString("base64");
