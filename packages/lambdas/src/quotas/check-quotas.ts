import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import {
  type Activity,
  type BuildInput,
  InvalidConfigurationError,
  type Pipeline,
  type StageDescription,
} from "@muster/pipeline";
import type { Log } from "../log.ts";
import { vcpusOf } from "../workers/hourly-price.ts";
import { isStandardType, type Market, marketsOf, readStandardQuota, standardQuotas } from "./standard-quotas.ts";

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
    const quotas = markets
      .map((market) => `${limits.get(market)} (${market}, quota ${standardQuotas[market]})`)
      .join(" and ");
    throw new InvalidConfigurationError(
      `${activity.name} needs ${needed} vCPUs for one worker and EC2 allows this account ${quotas}`,
      { hint: "ask AWS for a higher quota, or name smaller instance types" },
    );
  }
}

const isStandard = ({ worker }: Activity): boolean => worker.instanceTypes.every(isStandardType);

async function readQuotas(
  markets: ReadonlySet<Market>,
  { serviceQuotas, log }: { serviceQuotas: ServiceQuotasClient; log: Log },
): Promise<Map<Market, number>> {
  const limits = new Map<Market, number>();
  for (const market of markets) {
    try {
      const vcpus = await readStandardQuota(market, serviceQuotas);
      if (vcpus !== undefined) limits.set(market, vcpus);
    } catch (error) {
      log.warn("quota unknown", { market, error: error instanceof Error ? error.name : String(error) });
    }
  }
  return limits;
}
