import { GetServiceQuotaCommand, type ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import {
  type Activity,
  type BuildInput,
  InvalidConfigurationError,
  type Pipeline,
  type StageDescription,
} from "@muster/pipeline";
import { marketOf } from "../launching/market-of.ts";
import type { Log } from "../log.ts";
import { vcpusOf } from "../workers/hourly-price.ts";

/** vCPUs of standard families that may run at once. @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html */
const QUOTAS = { "on-demand": "L-1216C47A", spot: "L-34B43A08" } as const;
type Market = keyof typeof QUOTAS;

/** Families that these quotas count; others have quotas of their own, which are not looked at. */
const STANDARD = /^(a|c|d|h|i|m|r|t|z)\d/;

/**
 * Refuses a build that can never have one of the workers that it needs. A quota that is merely smaller than the matrix makes a build slower. What
 * cannot be found out stops nobody.
 * @throws InvalidConfigurationError naming activity, quota and what to ask for
 */
export async function checkQuotas(
  build: BuildInput,
  {
    pipeline,
    stage,
    serviceQuotas,
    log,
  }: { pipeline: Pipeline; stage: StageDescription; serviceQuotas: ServiceQuotasClient; log: Log },
): Promise<void> {
  if (build.debug === "skip_ec2") return;
  const asked = pipeline.activities.filter(
    ({ name }) => build.activities.length === 0 || build.activities.includes(name),
  );
  const limits = await readQuotas(new Set(asked.flatMap((activity) => marketsOf(activity, stage))), {
    serviceQuotas,
    log,
  });
  for (const activity of asked) {
    const markets = marketsOf(activity, stage);
    const needed = Math.min(...activity.worker.instanceTypes.map(vcpusOf));
    const known = markets.map((market) => limits.get(market));
    if (!isStandard(activity) || known.some((limit) => limit === undefined || limit >= needed)) continue;
    const quotas = markets.map((market) => `${limits.get(market)} (${market}, quota ${QUOTAS[market]})`).join(" and ");
    throw new InvalidConfigurationError(
      `${activity.name} needs ${needed} vCPUs for one worker and EC2 allows this account ${quotas}`,
      { hint: "ask AWS for a higher quota, or name smaller instance types" },
    );
  }
}

const isStandard = ({ worker }: Activity): boolean => worker.instanceTypes.every((type) => STANDARD.test(type));

function marketsOf(activity: Activity, stage: StageDescription): Market[] {
  const market = marketOf(activity, stage);
  return market === "spot-then-on-demand" ? ["spot", "on-demand"] : [market];
}

async function readQuotas(
  markets: ReadonlySet<Market>,
  { serviceQuotas, log }: { serviceQuotas: ServiceQuotasClient; log: Log },
): Promise<Map<Market, number>> {
  const limits = new Map<Market, number>();
  for (const market of markets) {
    try {
      const { Quota } = await serviceQuotas.send(
        new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode: QUOTAS[market] }),
      );
      if (Quota?.Value !== undefined) limits.set(market, Quota.Value);
    } catch (error) {
      log.warn("quota unknown", { market, error: error instanceof Error ? error.name : String(error) });
    }
  }
  return limits;
}
