import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { type Filter, type Filterable, select as selectBy } from "./filters.ts";
import { findInstances, isKnown } from "./find-instances.ts";
import { type Instance, renderState } from "./instance.ts";
import { instanceFilters, instanceStatusFilters } from "./instance-filters.ts";
import { reachabilityOf, statusOf } from "./instance-status.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import { renderReservation } from "./run-instances.ts";

interface DescribeInput extends PageRequest {
  readonly InstanceId?: readonly string[];
  readonly Filter?: readonly Filter[];
  readonly IncludeAllInstances?: string;
}

export function describeInstancesOperations(context: Ec2Context) {
  const { lifecycle, mishaps } = context;
  const byInstance = instanceFilters(context);
  const byStatus = instanceStatusFilters(context);
  const select = ({ InstanceId, Filter, MaxResults }: DescribeInput, filters: Filterable<Instance>): Instance[] => {
    if (InstanceId !== undefined && MaxResults !== undefined) {
      const message = "The parameter instancesSet cannot be used with the parameter maxResults";
      throw new AwsError("InvalidParameterCombination", message);
    }
    const candidates =
      InstanceId === undefined
        ? lifecycle.visible().filter((instance) => isKnown(context, instance))
        : findInstances(context, InstanceId);
    return selectBy(candidates.map(mishaps.seenAs), Filter, filters);
  };

  return {
    DescribeInstances(input: DescribeInput) {
      const { page, nextToken } = pageOf(select(input, byInstance), input);
      const reservations = Map.groupBy(page, ({ reservationId }) => reservationId);
      return {
        reservationSet: [...reservations.values()].map((instances) => renderReservation(context, instances)),
        nextToken,
      };
    },

    DescribeInstanceStatus(input: DescribeInput) {
      const all = input.IncludeAllInstances === "true";
      const chosen = select(input, byStatus).filter((instance) => all || instance.state === "running");
      const { page, nextToken } = pageOf(chosen, input);
      return { instanceStatusSet: page.map(renderStatus), nextToken };
    },
  };
}

function renderStatus(instance: Instance): Record<string, unknown> {
  const status = statusOf(instance.state);
  const reachability = reachabilityOf(instance.state);
  const details = reachability === undefined ? [] : [{ name: "reachability", status: reachability }];
  const summary = { status, details };
  return {
    instanceId: instance.instanceId,
    availabilityZone: instance.availabilityZone,
    instanceState: renderState(instance.state),
    instanceStatus: summary,
    systemStatus: summary,
    eventsSet: [],
  };
}
