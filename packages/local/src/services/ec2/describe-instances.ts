import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { type Filter, passesFilters, tagFilterValues } from "./filters.ts";
import { findInstances, isKnown } from "./find-instances.ts";
import { type Instance, isAlive, privateDnsName, renderInstance, renderState } from "./instance.ts";
import { type PageRequest, pageOf } from "./paging.ts";

interface DescribeInput extends PageRequest {
  readonly InstanceId?: readonly string[];
  readonly Filter?: readonly Filter[];
  readonly IncludeAllInstances?: string;
}

export function describeInstancesOperations(context: Ec2Context) {
  const { accountId, lifecycle } = context;
  const select = ({ InstanceId, Filter, MaxResults }: DescribeInput): Instance[] => {
    if (InstanceId !== undefined && MaxResults !== undefined) {
      const message = "The parameter instancesSet cannot be used with the parameter maxResults";
      throw new AwsError("InvalidParameterCombination", message);
    }
    const candidates =
      InstanceId === undefined
        ? lifecycle.visible().filter((instance) => isKnown(context, instance))
        : findInstances(context, InstanceId);
    return candidates.filter((instance) => passesFilters(Filter, (name) => filterValues(instance, name)));
  };

  return {
    DescribeInstances(input: DescribeInput) {
      const { page, nextToken } = pageOf(select(input), input);
      const reservations = Map.groupBy(page, ({ reservationId }) => reservationId);
      const reservationSet = [...reservations].map(([reservationId, instances]) => ({
        reservationId,
        ownerId: accountId,
        groupSet: [],
        instancesSet: instances.map((instance) => renderInstance(instance, accountId)),
      }));
      return { reservationSet, nextToken };
    },

    DescribeInstanceStatus(input: DescribeInput) {
      const all = input.IncludeAllInstances === "true";
      const chosen = select(input).filter((instance) => all || instance.state === "running");
      const { page, nextToken } = pageOf(chosen, input);
      return { instanceStatusSet: page.map(renderStatus), nextToken };
    },
  };
}

function renderStatus(instance: Instance): Record<string, unknown> {
  const status = instance.state === "running" ? "ok" : isAlive(instance) ? "initializing" : "not-applicable";
  const summary = { status, details: [{ name: "reachability", status: status === "ok" ? "passed" : status }] };
  return {
    instanceId: instance.instanceId,
    availabilityZone: instance.availabilityZone,
    instanceState: renderState(instance.state),
    instanceStatus: summary,
    systemStatus: summary,
    eventsSet: [],
  };
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
function filterValues(instance: Instance, filterName: string): readonly (string | undefined)[] | undefined {
  switch (filterName) {
    case "instance-state-name":
      return [instance.state];
    case "instance-state-code":
      return [String(renderState(instance.state).code)];
    case "instance-id":
      return [instance.instanceId];
    case "instance-type":
      return [instance.instanceType];
    case "instance-lifecycle":
      return [instance.market === "spot" ? "spot" : undefined];
    case "image-id":
      return [instance.imageId];
    case "availability-zone":
      return [instance.availabilityZone];
    case "subnet-id":
    case "network-interface.subnet-id":
      return [instance.subnetId];
    case "vpc-id":
    case "network-interface.vpc-id":
      return [instance.vpcId];
    case "reservation-id":
      return [instance.reservationId];
    case "client-token":
      return [instance.clientToken];
    case "key-name":
      return [instance.keyName];
    case "private-ip-address":
      return [instance.privateIpAddress];
    case "private-dns-name":
      return [privateDnsName(instance)];
    case "instance.group-id":
      return instance.securityGroupIds;
    case "iam-instance-profile.arn":
      return [instance.instanceProfileArn];
    case "launch-time":
      return [new Date(instance.launchMs).toISOString()];
    case "state-reason-code":
      return [instance.stateReason?.code];
  }
  return tagFilterValues(filterName, instance.tags);
}
