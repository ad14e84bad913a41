import type { Market } from "./instance.ts";

/** The instances that a fault concerns; what is left out matches everything. */
export interface Pool {
  readonly instanceType?: string;
  readonly availabilityZone?: string;
  readonly market?: Market;
}

/** An error of EC2's that a pool answers instead of instances. */
export interface PoolRefusal {
  readonly code: string;
  readonly message?: string;
}

/** EC2 on a bad day, scripted. Each call returns how to end the fault. */
export interface Ec2Faults {
  /** Only so many more instances can be launched from the matching pools together; 0 means none. */
  limitCapacity(pool: Pool, instances: number): () => void;
  /** The matching pools answer this error, whatever capacity they have: `InvalidFleetConfiguration` where a zone lacks a type. */
  refuse(pool: Pool, refusal: PoolRefusal): () => void;
  /** The next `count` instances (default: all) get as far as `running` and then do nothing but write `console`. */
  neverBoot(options?: { count?: number; console?: string }): () => void;
}

/** What launching asks the faults. */
export interface FaultyHardware extends Ec2Faults {
  /** Why a pool gives nothing, where a test says so. */
  refusalOf(pool: Required<Pool>): PoolRefusal | undefined;
  /** How many of `count` instances there is room for; takes that room. */
  takeCapacity(pool: Required<Pool>, count: number): number;
  /** Gives back room that was taken and is not used after all. */
  returnCapacity(pool: Required<Pool>, count: number): void;
  /** The console text of an instance that must not boot; undefined for one that may. */
  takeBootFailure(): string | undefined;
}

export function faultyHardware(): FaultyHardware {
  const limits = new Set<{ pool: Pool; left: number }>();
  const refusals = new Set<{ pool: Pool; refusal: PoolRefusal }>();
  const bootFailures = new Set<{ left: number; text: string }>();
  return {
    limitCapacity(pool, instances) {
      const limit = { pool, left: instances };
      limits.add(limit);
      return () => limits.delete(limit);
    },
    refuse(pool, refusal) {
      const ordered = { pool, refusal };
      refusals.add(ordered);
      return () => refusals.delete(ordered);
    },
    refusalOf: (pool) => [...refusals].find((ordered) => matches(ordered.pool, pool))?.refusal,
    neverBoot({ count = Number.POSITIVE_INFINITY, console = "kernel panic - not syncing\n" } = {}) {
      const failure = { left: count, text: console };
      bootFailures.add(failure);
      return () => bootFailures.delete(failure);
    },
    takeCapacity(pool, count) {
      const concerned = [...limits].filter((limit) => matches(limit.pool, pool));
      const room = Math.min(count, ...concerned.map((limit) => limit.left));
      for (const limit of concerned) limit.left -= room;
      return room;
    },
    returnCapacity(pool, count) {
      for (const limit of limits) if (matches(limit.pool, pool)) limit.left += count;
    },
    takeBootFailure() {
      const failure = [...bootFailures].find(({ left }) => left > 0);
      if (failure === undefined) return undefined;
      failure.left--;
      return failure.text;
    },
  };
}

function matches(pattern: Pool, pool: Required<Pool>): boolean {
  return (
    (pattern.instanceType ?? pool.instanceType) === pool.instanceType &&
    (pattern.availabilityZone ?? pool.availabilityZone) === pool.availabilityZone &&
    (pattern.market ?? pool.market) === pool.market
  );
}
