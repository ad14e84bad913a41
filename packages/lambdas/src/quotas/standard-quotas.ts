import { GetServiceQuotaCommand, type ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { Activity, StageDescription } from "@muster/pipeline";
import { marketOf } from "../launching/market-of.ts";

/** vCPUs of standard families that may run at once. @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html */
export const standardQuotas = { "on-demand": "L-1216C47A", spot: "L-34B43A08" } as const;
export type Market = keyof typeof standardQuotas;

/** Families that these quotas count; others have quotas of their own, which are not looked at. */
export const isStandardType = (instanceType: string): boolean => /^(a|c|d|h|i|m|r|t|z)\d/.test(instanceType);

/** Markets on which an activity's workers are launched, in their order. */
export function marketsOf(activity: Activity, stage: StageDescription): Market[] {
  const market = marketOf(activity, stage);
  return market === "spot-then-on-demand" ? ["spot", "on-demand"] : [market];
}

/** undefined where the answer holds none. @throws what the client throws */
export async function readStandardQuota(
  market: Market,
  serviceQuotas: Pick<ServiceQuotasClient, "send">,
): Promise<number | undefined> {
  const { Quota } = await serviceQuotas.send(
    new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode: standardQuotas[market] }),
  );
  return Quota?.Value;
}
