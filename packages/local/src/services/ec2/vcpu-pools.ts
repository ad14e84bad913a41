import type { VcpuQuotas } from "./ec2-context.ts";
import type { Market } from "./instance.ts";

/** What one of EC2's quotas counts. */
export interface VcpuPool {
  readonly code: string;
  readonly name: string;
  readonly market: Market;
  /** Instance types. */
  readonly counts: RegExp;
}

const STANDARD = /^(a|c|d|h|i|im|is|m|r|t|z)\d/;

const pool = (market: Market, code: string, families: string, counts: RegExp): VcpuPool => ({
  code,
  name: market === "spot" ? `All ${families} Spot Instance Requests` : `Running On-Demand ${families} instances`,
  market,
  counts,
});

/** @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html */
export const VCPU_POOLS: readonly VcpuPool[] = [
  pool("on-demand", "L-1216C47A", "Standard (A, C, D, H, I, M, R, T, Z)", STANDARD),
  pool("on-demand", "L-6E869C2A", "DL", /^dl\d/),
  pool("on-demand", "L-74FC7D96", "F", /^f\d/),
  pool("on-demand", "L-DB2E81BA", "G and VT", /^(g|gr|vt)\d/),
  pool("on-demand", "L-F7808C92", "HPC", /^hpc\d/),
  pool("on-demand", "L-43DA4232", "High Memory", /^u(-|\d)/),
  pool("on-demand", "L-1945791B", "Inf", /^inf\d/),
  pool("on-demand", "L-417A185B", "P", /^p\d/),
  pool("on-demand", "L-2C3B7624", "Trn", /^trn\d/),
  pool("on-demand", "L-7295265B", "X", /^x\d/),
  pool("spot", "L-34B43A08", "Standard (A, C, D, H, I, M, R, T, Z)", STANDARD),
  pool("spot", "L-85EED4F7", "DL", /^dl\d/),
  pool("spot", "L-88CF9481", "F", /^f\d/),
  pool("spot", "L-3819A6DF", "G and VT", /^(g|gr|vt)\d/),
  pool("spot", "L-B5D1601B", "Inf", /^inf\d/),
  pool("spot", "L-7212CCBC", "P4, P3 and P2", /^p[234]/),
  pool("spot", "L-C4BD4855", "P5", /^p5/),
  pool("spot", "L-6B0D517C", "Trn", /^trn\d/),
  pool("spot", "L-E3A00192", "X", /^x\d/),
];

/** The quota that an instance counts against; undefined of families that are in none. */
export const poolOf = (instanceType: string, market: Market): VcpuPool | undefined =>
  VCPU_POOLS.find((each) => each.market === market && each.counts.test(instanceType));

/** Virtual CPUs that it allows. */
export function allowedVcpus(
  quotas: VcpuQuotas,
  { code, market }: { readonly code: string | undefined; readonly market: Market },
): number {
  const usual = market === "spot" ? quotas.spot : quotas.onDemand;
  return quotas.others?.[code ?? ""] ?? usual;
}
