import { GetServiceQuotaCommand, type ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { Activity, StageDescription } from "@muster/pipeline";
import { marketOf } from "../launching/market-of.ts";

export type Market = "on-demand" | "spot";

/** By what the names of instance types begin with; where several fit, the first counts. */
type Codes = readonly (readonly [families: RegExp, code: string])[];

const STANDARD = /^(a|c|d|h|i|im|is|m|r|t|z)\d/;

/**
 * EC2's quotas of virtual CPUs that may run at once, by what they count. High memory and HPC machines are not to be had on spot.
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
 */
const CODES: Readonly<Record<Market, Codes>> = {
  "on-demand": [
    [STANDARD, "L-1216C47A"],
    [/^(g|gr|vt)\d/, "L-DB2E81BA"],
    [/^p\d/, "L-417A185B"],
    [/^f\d/, "L-74FC7D96"],
    [/^inf\d/, "L-1945791B"],
    [/^trn\d/, "L-2C3B7624"],
    [/^x\d/, "L-7295265B"],
    [/^u(-|\d)/, "L-43DA4232"],
    [/^dl\d/, "L-6E869C2A"],
    [/^hpc\d/, "L-F7808C92"],
  ],
  spot: [
    [STANDARD, "L-34B43A08"],
    [/^(g|gr|vt)\d/, "L-3819A6DF"],
    [/^p[234]/, "L-7212CCBC"],
    [/^p5/, "L-C4BD4855"],
    [/^f\d/, "L-88CF9481"],
    [/^inf\d/, "L-B5D1601B"],
    [/^trn\d/, "L-6B0D517C"],
    [/^x\d/, "L-E3A00192"],
    [/^dl\d/, "L-85EED4F7"],
  ],
};

/** Code of the quota that counts an instance type's vCPUs on a market; undefined where none is known. */
export const quotaCodeOf = (instanceType: string, market: Market): string | undefined =>
  CODES[market].find(([families]) => families.test(instanceType))?.[1];

/** Markets on which an activity's workers are launched, in their order. */
export function marketsOf(activity: Activity, stage: StageDescription): Market[] {
  const market = marketOf(activity, stage);
  return market === "spot-then-on-demand" ? ["spot", "on-demand"] : [market];
}

/** vCPUs that a quota allows; undefined where the answer holds none. @throws what the client throws */
export async function readVcpuQuota(
  QuotaCode: string,
  serviceQuotas: Pick<ServiceQuotasClient, "send">,
): Promise<number | undefined> {
  const { Quota } = await serviceQuotas.send(new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode }));
  return Quota?.Value;
}
