import { AwsError } from "../../aws-error.ts";
import { INSTANCE_FAMILIES } from "./instance-families.ts";

export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** US dollars an hour, on demand. Near enough to AWS's list for telling what is cheaper, and no more than that. */
  readonly onDemandPrice: number;
}

/** GiB of the burstable families, which do not follow the rule of memory per CPU. */
const BURSTABLE_GIB: Readonly<Record<string, number>> = { nano: 0.5, micro: 1, small: 2, medium: 4 };

/** GiB for each virtual CPU, by the family's first letter; the others are for much memory. */
const GIB_PER_VCPU: Readonly<Record<string, number>> = { a: 2, c: 2, m: 4, t: 4, x: 16, g: 4, u: 16 };
const MUCH_GIB_PER_VCPU = 8;

const PRICE_PER_VCPU = 0.032;
const PRICE_PER_GIB = 0.0042;

/** What a type's name says of it; throws AWS's error for a name that is none. */
export function describeInstanceType(name: string): InstanceType {
  const dot = name.lastIndexOf(".");
  const [family, size] = [name.slice(0, dot), name.slice(dot + 1)];
  const sizes = INSTANCE_FAMILIES.get(family);
  if (sizes === undefined || !sizes.includes(size)) {
    throw new AwsError("InvalidParameterValue", `Invalid value '${name}' for InstanceType.`);
  }
  const burstable = isBurstable(family) ? BURSTABLE_GIB[size] : undefined;
  const vcpus = vcpusOf(family, size, sizes);
  const gib = burstable ?? vcpus * (GIB_PER_VCPU[family.charAt(0)] ?? MUCH_GIB_PER_VCPU);
  const price = burstable === undefined ? vcpus * PRICE_PER_VCPU + gib * PRICE_PER_GIB : gib * 0.0104;
  return { name, vcpus, memoryMib: gib * 1024, onDemandPrice: Math.round(price * 10_000) / 10_000 };
}

export const isBurstable = (name: string): boolean => /^t\d/.test(name);

/** A machine without a hypervisor is as large as its name or, where that does not say, as the largest of the family. */
function vcpusOf(family: string, size: string, sizes: readonly string[]): number {
  if (family === "t2" && /^(nano|micro|small)$/.test(size)) return 1;
  if (!isBurstable(family) && size === "medium") return 1;
  const multipleOf = (text: string) => Number(/(?:^|-)(\d+)xl/.exec(text)?.[1] ?? 0);
  const multiple = multipleOf(size) || (size === "metal" ? Math.max(...sizes.map(multipleOf), 1) : 0);
  if (size === "xlarge") return 4;
  return multiple === 0 ? 2 : multiple * 4;
}

/** Zones differ a little in their spot price, and always in the same way. */
export function spotPrice({ onDemandPrice }: InstanceType, zoneIndex: number): number {
  return Math.round(onDemandPrice * (0.34 + 0.02 * zoneIndex) * 10_000) / 10_000;
}
