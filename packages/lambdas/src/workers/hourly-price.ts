/**
 * On-demand prices per vCPU in US dollars an hour by family, us-west-2, x86-64 Linux: an upper estimate for a cap, not a bill.
 * @see https://aws.amazon.com/ec2/pricing/on-demand/
 */
const PRICE_PER_VCPU: Readonly<Record<string, number>> = {
  t: 0.0208,
  c: 0.0475,
  m: 0.0555,
  r: 0.0725,
  x: 0.21,
  i: 0.09,
};
/** For families that are not listed: nothing that builds software costs more. */
const DEAR = 0.25;

/** t2 and t3 are priced by their size: one twice as large costs twice as much, with as many vCPUs where it is small. */
const FRACTIONS: Readonly<Record<string, number>> = {
  nano: 0.28,
  micro: 0.56,
  small: 1.12,
  medium: 2.24,
  large: 4.5,
  xlarge: 9,
  "2xlarge": 18,
};

/**
 * What costs more than its family, by the letters that tell what a type has beside it: a faster network, a faster clock, a disk, more of it, and whole cores as
 * vCPUs, which AMD's have since the seventh generation.
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
const EXTRAS: readonly (readonly [type: RegExp, times: number])[] = [
  [/^[cmri]\d+[a-z]*n/, 1.35],
  [/^[mr]\d+[a-z]*z/, 1.3],
  [/^[cmr]\d+[a-z]*d/, 1.07],
  [/^i\d+[a-z]*e/, 1.45],
  [/^[cmr]([7-9]|\d\d)a/, 1.1],
];

/** About what a type costs on demand, in US dollars an hour; undefined for families and sizes that are not listed. */
export function listedPrice(instanceType: string): number | undefined {
  const [family = "", size = ""] = instanceType.split(".");
  const isListed = /^[a-z]+\d[a-z-]*$/.test(family) && Object.hasOwn(PRICE_PER_VCPU, family.replace(/\d.*/, ""));
  const isSized = /^(nano|micro|small|medium|\d*x?large)$/.test(size);
  return isListed && isSized ? hourlyPrice(instanceType) : undefined;
}

/** What a running instance of a type costs at most, in US dollars an hour. */
export function hourlyPrice(instanceType: string): number {
  const [family = "", size = ""] = instanceType.split(".");
  const letter = family[0] ?? "";
  const perVcpu = Object.hasOwn(PRICE_PER_VCPU, letter) ? (PRICE_PER_VCPU[letter] as number) : DEAR;
  if (letter === "t" && Object.hasOwn(FRACTIONS, size)) return perVcpu * (FRACTIONS[size] as number);
  const times = EXTRAS.reduce((product, [type, more]) => (type.test(family) ? product * more : product), 1);
  return perVcpu * times * vcpusOf(instanceType);
}

/** vCPUs of a type by its size; the largest size there is for one that is not known. */
export function vcpusOf(instanceType: string): number {
  const size = instanceType.split(".")[1] ?? "";
  const multiple = /^(\d+)xlarge$/.exec(size);
  if (multiple) return 4 * Number(multiple[1]);
  if (size === "xlarge") return 4;
  if (size === "large") return 2;
  if (size === "medium") return instanceType.startsWith("t") ? 2 : 1;
  if (/^(nano|micro|small)$/.test(size)) return instanceType.startsWith("t2") ? 1 : 2;
  return 192;
}
