import { type Market, readStandardQuota, standardQuotas } from "@muster/lambdas";
import { failureText } from "@muster/records";
import type { Stage } from "../stages/stage.ts";

/** vCPUs of standard families at once, by where their workers may be launched. */
export interface WantedVcpus {
  readonly onDemand: number;
  readonly spot: number;
  /** Of all together: those that may be launched on both markets are in neither of the others. */
  readonly all: number;
}

/** A quota of EC2's that a build would use up. */
export interface ReachedQuota {
  /** Of Service Quotas: `L-1216C47A`. */
  readonly code: string;
  readonly market: Market;
  /** vCPUs that this account may have at once, whatever they are for. */
  readonly vcpus: number;
  /** vCPUs that the build would have at once on that market. */
  readonly wanted: number;
}

export interface PlannedQuotas {
  readonly reached: readonly ReachedQuota[];
  /** Why they are not known; null where they are, and where no machine counts. */
  readonly problem: string | null;
}

/** Which of EC2's quotas for standard families a build would use up, as far as its account's may be read. */
export async function planQuotas(
  wanted: WantedVcpus,
  { serviceQuotas }: Pick<Stage, "serviceQuotas">,
): Promise<PlannedQuotas> {
  if (serviceQuotas === undefined || wanted.all === 0) return { reached: [], problem: null };
  try {
    const client = await serviceQuotas();
    const [onDemand, spot] = await Promise.all([
      wanted.all > wanted.spot ? readStandardQuota("on-demand", client) : undefined,
      wanted.all > wanted.onDemand ? readStandardQuota("spot", client) : undefined,
    ]);
    return { reached: reachedQuotas(wanted, { onDemand, spot }), problem: null };
  } catch (error) {
    return { reached: [], problem: failureText(error) };
  }
}

/** @param allowed what is not known limits nothing */
export function reachedQuotas(
  { onDemand, spot, all }: WantedVcpus,
  allowed: { readonly onDemand: number | undefined; readonly spot: number | undefined },
): ReachedQuota[] {
  const onDemandLimit = allowed.onDemand ?? Number.POSITIVE_INFINITY;
  const spotLimit = allowed.spot ?? Number.POSITIVE_INFINITY;
  const either = Math.max(0, all - onDemand - spot);
  // What finds no room on spot goes on demand.
  const left = Math.max(0, either - Math.max(0, spotLimit - spot));
  const reached = (market: Market, vcpus: number, wanted: number): ReachedQuota[] =>
    wanted > vcpus ? [{ code: standardQuotas[market], market, vcpus, wanted }] : [];
  return [...reached("on-demand", onDemandLimit, onDemand + left), ...reached("spot", spotLimit, spot)];
}

/** `EC2 allows 64 on-demand vCPUs at once (quota L-1216C47A) and this wants 128: some will wait`, and what to do about it. */
export function quotaText({ code, market, vcpus, wanted }: ReachedQuota): string {
  return `EC2 allows this account ${vcpus} ${market} vCPUs at once (quota ${code}), and this wants ${wanted}: ${vcpus === 0 ? "none will start" : "some workers will wait"}; ask for more with: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} --desired-value ${wanted}`;
}
