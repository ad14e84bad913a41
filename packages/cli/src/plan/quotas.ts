import { type Market, readVcpuQuota } from "@muster/lambdas";
import { failureText } from "@muster/records";
import type { Stage } from "../stages/stage.ts";

/** vCPUs at once of families that the same quotas count, by where their workers may be launched. */
export interface WantedVcpus {
  /** Codes of the quotas; null where none is known, or the market has no such machines. */
  readonly quotas: Readonly<Record<Market, string | null>>;
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

/** Which of EC2's quotas a build would use up, as far as its account's may be read; each is asked once. */
export async function planQuotas(
  wanted: readonly WantedVcpus[],
  { serviceQuotas }: Pick<Stage, "serviceQuotas">,
): Promise<PlannedQuotas> {
  if (serviceQuotas === undefined || wanted.length === 0) return { reached: [], problem: null };
  try {
    const client = await serviceQuotas();
    const asked = new Map<string, Promise<number | undefined>>();
    const read = (code: string | null): Promise<number | undefined> => {
      if (code === null) return Promise.resolve(undefined);
      const asking = asked.get(code) ?? readVcpuQuota(code, client);
      asked.set(code, asking);
      return asking;
    };
    const reached = await Promise.all(
      wanted.map(async (pool) => {
        const [onDemand, spot] = await Promise.all([
          pool.all > pool.spot ? read(pool.quotas["on-demand"]) : undefined,
          pool.all > pool.onDemand ? read(pool.quotas.spot) : undefined,
        ]);
        return reachedQuotas(pool, { onDemand, spot });
      }),
    );
    return { reached: reached.flat(), problem: null };
  } catch (error) {
    return { reached: [], problem: failureText(error) };
  }
}

/** @param allowed what is not known limits nothing */
export function reachedQuotas(
  { quotas, onDemand, spot, all }: WantedVcpus,
  allowed: { readonly onDemand: number | undefined; readonly spot: number | undefined },
): ReachedQuota[] {
  const onDemandLimit = allowed.onDemand ?? Number.POSITIVE_INFINITY;
  const spotLimit = allowed.spot ?? Number.POSITIVE_INFINITY;
  const either = Math.max(0, all - onDemand - spot);
  // What finds no room on spot goes on demand.
  const left = Math.max(0, either - Math.max(0, spotLimit - spot));
  const reached = (market: Market, vcpus: number, wanted: number): ReachedQuota[] => {
    const code = quotas[market];
    return wanted > vcpus && code !== null ? [{ code, market, vcpus, wanted }] : [];
  };
  return [...reached("on-demand", onDemandLimit, onDemand + left), ...reached("spot", spotLimit, spot)];
}

/** `EC2 allows 64 on-demand vCPUs at once (quota L-1216C47A) and this wants 128: some will wait`, and what to do about it. */
export function quotaText({ code, market, vcpus, wanted }: ReachedQuota): string {
  return `EC2 allows this account ${vcpus} ${market} vCPUs at once (quota ${code}), and this wants ${wanted}: ${vcpus === 0 ? "none will start" : "some workers will wait"}; ask for more with: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} --desired-value ${wanted}`;
}
