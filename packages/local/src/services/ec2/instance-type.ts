import { AwsError } from "../../aws-error.ts";

export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** US dollars an hour, on demand. Near enough to AWS's list for telling what is cheaper, and no more than that. */
  readonly onDemandPrice: number;
}

/** Virtual CPUs by size; the small sizes are the burstable families'. */
const VCPUS: Readonly<Record<string, number>> = {
  nano: 2,
  micro: 2,
  small: 2,
  medium: 2,
  large: 2,
  xlarge: 4,
};

/** GiB of the burstable families, which do not follow the rule of memory per CPU. */
const BURSTABLE_GIB: Readonly<Record<string, number>> = { nano: 0.5, micro: 1, small: 2, medium: 4 };

/** GiB for each virtual CPU, by the family's first letter. */
const GIB_PER_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, t: 4, r: 8, x: 16, i: 8, g: 4, d: 8 };

const PRICE_PER_VCPU = 0.032;
const PRICE_PER_GIB = 0.0042;

/** What a type's name says of it; throws AWS's error for a name that cannot be one. */
export function describeInstanceType(name: string): InstanceType {
  const [, family = "", size = ""] =
    /^([a-z]+\d+[a-z-]*)\.((?:nano|micro|small|medium|large|\d*xlarge))$/.exec(name) ?? [];
  const gibPerVcpu = GIB_PER_VCPU[family.charAt(0)];
  if (gibPerVcpu === undefined) {
    throw new AwsError("InvalidParameterValue", `Invalid value '${name}' for InstanceType.`);
  }
  const burstable = family.startsWith("t") ? BURSTABLE_GIB[size] : undefined;
  const vcpus = vcpusOf(family, size);
  const gib = burstable ?? vcpus * gibPerVcpu;
  const price = burstable === undefined ? vcpus * PRICE_PER_VCPU + gib * PRICE_PER_GIB : gib * 0.0104;
  return { name, vcpus, memoryMib: gib * 1024, onDemandPrice: Math.round(price * 10_000) / 10_000 };
}

function vcpusOf(family: string, size: string): number {
  if (family === "t2" && /^(nano|micro|small)$/.test(size)) return 1;
  if (!family.startsWith("t") && size === "medium") return 1;
  const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
  return multiple === undefined ? (VCPUS[size] ?? 2) : Number(multiple) * 4;
}

/** Zones differ a little in their spot price, and always in the same way. */
export function spotPrice({ onDemandPrice }: InstanceType, zoneIndex: number): number {
  return Math.round(onDemandPrice * (0.34 + 0.02 * zoneIndex) * 10_000) / 10_000;
}
