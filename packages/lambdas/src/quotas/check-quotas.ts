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
import { type Market, marketsOf, quotaCodeOf, readVcpuQuota } from "./vcpu-quotas.ts";

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
  const places = (activity: Activity): Place[] =>
    activity.worker.instanceTypes.flatMap((type) =>
      marketsOf(activity, stage).map((market) => ({
        market,
        code: quotaCodeOf(type, market),
        vcpus: vcpusOf(type),
      })),
    );
  const codes = new Set(asked.flatMap(places).flatMap(({ code }) => code ?? []));
  const limits = await readQuotas(codes, { serviceQuotas, log });
  const allows = ({ code = "", vcpus }: Place) => (limits.get(code) ?? Number.POSITIVE_INFINITY) >= vcpus;
  for (const activity of asked) {
    const all = places(activity);
    if (all.some(allows)) continue;
    const quotas = new Set(all.map(({ market, code = "" }) => `${limits.get(code)} (${market}, quota ${code})`));
    throw new InvalidConfigurationError(
      `${activity.name} needs ${Math.min(...all.map(({ vcpus }) => vcpus))} vCPUs for one worker and EC2 allows this account ${[...quotas].join(" and ")}`,
      { hint: "ask AWS for a higher quota, or name smaller instance types" },
    );
  }
}

/** Where a worker may be launched. */
interface Place {
  readonly market: Market;
  readonly code: string | undefined;
  readonly vcpus: number;
}

async function readQuotas(
  codes: ReadonlySet<string>,
  { serviceQuotas, log }: { serviceQuotas: ServiceQuotasClient; log: Log },
): Promise<Map<string, number>> {
  const limits = new Map<string, number>();
  for (const code of codes) {
    try {
      const vcpus = await readVcpuQuota(code, serviceQuotas);
      if (vcpus !== undefined) limits.set(code, vcpus);
    } catch (error) {
      log.warn("quota unknown", { quota: code, error: error instanceof Error ? error.name : String(error) });
    }
  }
  return limits;
}
