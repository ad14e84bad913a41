import { AwsError } from "../../aws-error.ts";
import { admit } from "./admit.ts";
import { clientTokens } from "./client-tokens.ts";
import type { Ec2Context } from "./ec2-context.ts";
import type { Market } from "./instance.ts";
import { describeInstanceType, spotPrice } from "./instance-type.ts";
import { launchInstances } from "./launch-instances.ts";
import type { LaunchSpecification, TagSpecification } from "./launch-specification.ts";
import type { TemplateReference } from "./launch-templates.ts";
import { missingParameter } from "./missing-parameter.ts";
import { type LaunchPlan, planLaunch, type ResolvedTemplate, resolveTemplate } from "./plan-launch.ts";

interface Override {
  readonly InstanceType?: string;
  readonly SubnetId?: string;
  readonly AvailabilityZone?: string;
  readonly ImageId?: string;
  readonly MaxPrice?: string;
  readonly WeightedCapacity?: string;
  readonly Priority?: string;
}

interface MarketOptions {
  readonly AllocationStrategy?: string;
  readonly MinTargetCapacity?: string;
  readonly SingleInstanceType?: string;
  readonly SingleAvailabilityZone?: string;
}

interface FleetTemplate extends TemplateReference {
  readonly Version?: string;
  readonly LaunchTemplateSpecificationUserData?: string;
}

interface CreateFleetInput {
  readonly Type?: string;
  readonly ClientToken?: string;
  readonly LaunchTemplateConfigs: readonly {
    readonly LaunchTemplateSpecification?: FleetTemplate;
    readonly Overrides?: readonly Override[];
  }[];
  readonly TargetCapacitySpecification?: {
    readonly TotalTargetCapacity?: string;
    readonly OnDemandTargetCapacity?: string;
    readonly SpotTargetCapacity?: string;
    readonly DefaultTargetCapacityType?: string;
  };
  readonly SpotOptions?: MarketOptions;
  readonly OnDemandOptions?: MarketOptions;
  readonly TagSpecification?: readonly TagSpecification[];
}

/** One way to get an instance: a template with one override. */
interface Pool {
  readonly template: ResolvedTemplate;
  readonly override: Override;
  readonly plan: LaunchPlan;
  readonly weight: number;
  readonly order: number;
}

interface FleetError {
  readonly launchTemplateAndOverrides: unknown;
  readonly lifecycle: Market;
  readonly errorCode: string;
  readonly errorMessage: string;
}

interface FleetResult {
  readonly fleetId: string;
  readonly errorSet: readonly FleetError[];
  readonly fleetInstanceSet: readonly {
    readonly launchTemplateAndOverrides: unknown;
    readonly lifecycle: Market;
    readonly instanceIds: readonly string[];
    readonly instanceType: string;
  }[];
}

/**
 * CreateFleet of type `instant`: one attempt over all pools, which answers the instances it got and the errors it met.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instant-fleet.html
 */
export function createFleetOperations(context: Ec2Context) {
  const { storage, clock, random } = context;
  const tokens = clientTokens<FleetResult>({ storage, clock, name: "ec2/fleet-tokens" });
  return {
    CreateFleet(input: CreateFleetInput): FleetResult {
      if (input.Type !== "instant") {
        throw new AwsError(
          "InvalidParameterValue",
          `The local EC2 has fleets of type instant alone, not ${input.Type ?? "maintain"}`,
        );
      }
      return tokens.once(input.ClientToken, input, () => {
        const targets = targetsOf(input);
        const fleetId = `fleet-${random.uuid()}`;
        const reached = [
          fill(context, input, { fleetId, market: "on-demand", target: targets["on-demand"] }),
          fill(context, input, { fleetId, market: "spot", target: targets.spot }),
        ];
        return {
          fleetId,
          errorSet: reached.flatMap(({ errorSet }) => errorSet),
          fleetInstanceSet: reached.flatMap(({ fleetInstanceSet }) => fleetInstanceSet),
        };
      });
    },
  };
}

function targetsOf({ TargetCapacitySpecification: target = {} }: CreateFleetInput): Record<Market, number> {
  const total = Number(target.TotalTargetCapacity);
  if (!Number.isInteger(total) || total < 1) {
    throw new AwsError(
      "InvalidParameterValue",
      `TotalTargetCapacity must be a positive integer, not '${target.TotalTargetCapacity}'`,
    );
  }
  const spot = Number(target.SpotTargetCapacity ?? 0);
  const onDemand = Number(target.OnDemandTargetCapacity ?? 0);
  const rest = total - spot - onDemand;
  if (rest < 0)
    throw new AwsError("InvalidParameterValue", "Spot and On-Demand target capacity exceed the total target capacity");
  const restIsSpot = target.DefaultTargetCapacityType === "spot";
  return { spot: spot + (restIsSpot ? rest : 0), "on-demand": onDemand + (restIsSpot ? 0 : rest) };
}

/** Goes through the pools in the order of the allocation strategy, until the target is reached or no pool is left. */
function fill(
  context: Ec2Context,
  input: CreateFleetInput,
  { fleetId, market, target }: { fleetId: string; market: Market; target: number },
): Omit<FleetResult, "fleetId"> {
  const errorSet: FleetError[] = [];
  const granted: { pool: Pool; count: number }[] = [];
  if (target === 0) return { errorSet, fleetInstanceSet: [] };
  const options = (market === "spot" ? input.SpotOptions : input.OnDemandOptions) ?? {};
  const pools = readPools(context, input, market, errorSet).sort(
    byStrategy(context, market, options.AllocationStrategy),
  );
  let left = target;
  let grantedVcpus = 0;
  for (const pool of pools) {
    if (left <= 0) break;
    if (!fitsSingles(options, granted[0]?.pool, pool)) continue;
    const most = Math.ceil(left / pool.weight);
    const { count, refusal } = admit(context, { ...pool.plan, market, least: 1, most, grantedVcpus });
    if (refusal !== undefined) errorSet.push(fleetError(pool, market, refusal));
    if (count === 0) continue;
    granted.push({ pool, count });
    left -= count * pool.weight;
    grantedVcpus += count * describeInstanceType(pool.plan.instanceType).vcpus;
  }
  // Too little is nothing: whoever names a minimum cannot use less.
  if (target - left < Number(options.MinTargetCapacity ?? 0)) {
    for (const { pool, count } of granted) context.hardware.returnCapacity({ ...pool.plan, market }, count);
    return { errorSet, fleetInstanceSet: [] };
  }
  const fleetInstanceSet = granted.map(({ pool, count }) => ({
    launchTemplateAndOverrides: renderPool(pool),
    lifecycle: market,
    instanceIds: launchInstances(
      context,
      { ...pool.plan, market, tags: { ...pool.plan.tags, "aws:ec2:fleet-id": fleetId } },
      count,
      input.ClientToken,
    ).map(({ instanceId }) => instanceId),
    instanceType: pool.plan.instanceType,
  }));
  return { errorSet, fleetInstanceSet };
}

/** A pool that cannot work (an unknown type or subnet) is an error of that pool, not of the fleet. */
function readPools(context: Ec2Context, input: CreateFleetInput, market: Market, errorSet: FleetError[]): Pool[] {
  let order = 0;
  return input.LaunchTemplateConfigs.flatMap(({ LaunchTemplateSpecification: reference, Overrides }) => {
    if (reference === undefined) throw missingParameter("LaunchTemplateSpecification");
    // A template that does not exist is an error of the whole request.
    const template = resolveTemplate(context, reference);
    return (Overrides ?? [{}]).flatMap((override) => {
      const pool = { template, override, weight: Number(override.WeightedCapacity ?? 1), order: order++ };
      try {
        return [{ ...pool, plan: planLaunch(context, requestOf(input, reference, override), template) }];
      } catch (error) {
        errorSet.push(fleetError(pool, market, error));
        return [];
      }
    });
  });
}

function requestOf(input: CreateFleetInput, template: FleetTemplate, override: Override): LaunchSpecification {
  const { InstanceType, SubnetId, AvailabilityZone, ImageId } = override;
  return {
    ...(InstanceType !== undefined && { InstanceType }),
    ...(SubnetId !== undefined && { SubnetId }),
    ...(AvailabilityZone !== undefined && { Placement: { AvailabilityZone } }),
    ...(ImageId !== undefined && { ImageId }),
    ...(template.LaunchTemplateSpecificationUserData !== undefined && {
      UserData: template.LaunchTemplateSpecificationUserData,
    }),
    ...(input.TagSpecification !== undefined && { TagSpecification: input.TagSpecification }),
  };
}

/** `lowest-price` by price, `…prioritized` by priority; the capacity strategies take the pools as they are listed. */
function byStrategy(
  { network }: Ec2Context,
  market: Market,
  strategy: string | undefined,
): (a: Pool, b: Pool) => number {
  const price = ({ plan }: Pool) => {
    const type = describeInstanceType(plan.instanceType);
    return market === "spot" ? spotPrice(type, network.subnet(plan.subnetId).zoneIndex) : type.onDemandPrice;
  };
  const priority = ({ override }: Pool) => Number(override.Priority ?? Number.POSITIVE_INFINITY);
  const listed = (a: Pool, b: Pool) => a.order - b.order;
  const difference = (a: number, b: number) => (a === b ? 0 : a - b);
  if (strategy === undefined || strategy === "lowest-price" || strategy === "price-capacity-optimized") {
    return (a, b) => difference(price(a), price(b)) || listed(a, b);
  }
  if (strategy.endsWith("prioritized")) return (a, b) => difference(priority(a), priority(b)) || listed(a, b);
  return listed;
}

function fitsSingles(options: MarketOptions, first: Pool | undefined, pool: Pool): boolean {
  if (first === undefined) return true;
  if (options.SingleInstanceType === "true" && first.plan.instanceType !== pool.plan.instanceType) return false;
  return options.SingleAvailabilityZone !== "true" || first.plan.availabilityZone === pool.plan.availabilityZone;
}

function fleetError(pool: Omit<Pool, "plan">, market: Market, error: unknown): FleetError {
  if (!(error instanceof AwsError)) throw error;
  return {
    launchTemplateAndOverrides: renderPool(pool),
    lifecycle: market,
    errorCode: error.code,
    errorMessage: error.message,
  };
}

function renderPool({ template, override }: Pick<Pool, "template" | "override">): unknown {
  return {
    launchTemplateSpecification: { launchTemplateId: template.id, version: String(template.version) },
    overrides: {
      instanceType: override.InstanceType,
      subnetId: override.SubnetId,
      availabilityZone: override.AvailabilityZone,
      imageId: override.ImageId,
      maxPrice: override.MaxPrice,
      weightedCapacity: override.WeightedCapacity,
      priority: override.Priority,
    },
  };
}
