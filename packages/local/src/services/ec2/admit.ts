import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { type Instance, isAlive, type Market } from "./instance.ts";
import { describeInstanceType } from "./instance-type.ts";
import { allowedVcpus, poolOf } from "./vcpu-pools.ts";

export interface Wanted {
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly market: Market;
  /** Fewer than these are none. */
  readonly least: number;
  readonly most: number;
  /** Virtual CPUs that this request has been granted before, from other pools. */
  readonly grantedVcpus?: number;
}

export interface Admission {
  readonly count: number;
  /** Why it is fewer than were wanted; quota, lack of capacity and what a test ordered are told apart. */
  readonly refusal?: AwsError;
}

/** How many instances may be launched now. Takes the capacity for them. */
export function admit(context: Ec2Context, { least, most, grantedVcpus = 0, ...pool }: Wanted): Admission {
  const ordered = context.hardware.refusalOf(pool);
  if (ordered !== undefined) {
    return { count: 0, refusal: new AwsError(ordered.code, ordered.message ?? `${ordered.code}, as ordered`) };
  }
  const allowed = Math.min(most, quotaRoom(context, pool, grantedVcpus));
  if (allowed < least) return { count: 0, refusal: quotaExceeded(context, pool) };
  const count = context.hardware.takeCapacity(pool, plannedRoom(context, pool, allowed));
  if (count < least) {
    context.hardware.returnCapacity(pool, count);
    return { count: 0, refusal: insufficientCapacity(pool) };
  }
  if (count < allowed) return { count, refusal: insufficientCapacity(pool) };
  return count < most ? { count, refusal: quotaExceeded(context, pool) } : { count };
}

/** Capacity comes and goes, by plan: how many of so many there is room for this time. */
function plannedRoom(
  { source }: Ec2Context,
  { instanceType, availabilityZone, market }: PoolOf<"instanceType" | "availabilityZone" | "market">,
  count: number,
): number {
  if (source === undefined) return count;
  const pool = source.number("pool", { of: instanceType, about: `${availabilityZone} ${market}` });
  const exhausted = source.ask("pool.exhausted", pool);
  if (exhausted !== undefined) {
    exhausted.happens(`${pool.of} ${pool.about}: no capacity for ${count}`);
    return 0;
  }
  const partial = count > 1 ? source.ask("pool.partial", pool) : undefined;
  if (partial === undefined) return count;
  const room = Math.floor(partial.between(1, count));
  partial.happens(`${pool.of} ${pool.about}: capacity for ${room} of ${count}`);
  return room;
}

type PoolOf<Member extends keyof Wanted> = Pick<Wanted, Member>;

function quotaRoom(
  { lifecycle, quotas }: Ec2Context,
  { instanceType, market }: PoolOf<"instanceType" | "market">,
  grantedVcpus: number,
): number {
  const code = poolOf(instanceType, market)?.code;
  const quota = allowedVcpus(quotas(), { code, market });
  const used = lifecycle
    .visible()
    .filter((instance) => isCounted(instance, { code, market }))
    .reduce((sum, instance) => sum + describeInstanceType(instance.instanceType).vcpus, 0);
  return Math.floor((quota - used - grantedVcpus) / describeInstanceType(instanceType).vcpus);
}

const isCounted = (instance: Instance, { code, market }: { code: string | undefined; market: Market }): boolean =>
  isAlive(instance) && instance.market === market && poolOf(instance.instanceType, market)?.code === code;

function quotaExceeded({ quotas }: Ec2Context, { instanceType, market }: PoolOf<"instanceType" | "market">): AwsError {
  if (market === "spot") return new AwsError("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded");
  return new AwsError(
    "VcpuLimitExceeded",
    `You have requested more vCPU capacity than your current vCPU limit of ${allowedVcpus(quotas(), { code: poolOf(instanceType, market)?.code, market })} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
  );
}

/** A 500 on AWS too: SDK clients try it again, and then give up. */
function insufficientCapacity({
  instanceType,
  availabilityZone,
  market,
}: PoolOf<"instanceType" | "availabilityZone" | "market">): AwsError {
  const message =
    market === "spot"
      ? "There is no Spot capacity available that matches your request."
      : `We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${availabilityZone}). Our system will be working on provisioning additional capacity.`;
  return new AwsError("InsufficientInstanceCapacity", message, { status: 500 });
}
