import { createHash } from "node:crypto";
import type { Activity, DebugMode, LaunchRecord } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import type { LaunchContext } from "./launch-context.ts";
import { finishLaunch } from "./launch-records.ts";
import { marketOf } from "./market-of.ts";
import { anotherMarketMayHelp } from "./weigh-refusals.ts";

export interface LaunchOrder {
  readonly activity: Activity;
  /** Workers to launch. */
  readonly count: number;
  /** Of these, how many must not be spot instances, whatever the pipeline prefers. */
  readonly onDemand: number;
  readonly launchedBy: DebugMode;
  /** Of the launch template; the stage's where undefined. */
  readonly templateVersion: string | undefined;
  /** Ids of the demands that this answers. */
  readonly demands: readonly string[];
  /** Workers without a task that the rest of the demands is left to. */
  readonly reused?: readonly string[];
  /** What asks, so that asking again in a new situation is a new request: pending task events, earlier launches. */
  readonly situation: readonly string[];
}

interface Tier {
  readonly name: string;
  readonly market: LaunchRecord["market"];
  readonly wanted: number;
  readonly demands: readonly string[];
}

/**
 * Launches in as few calls as there are kinds of capacity: spot where the pipeline says so, then on-demand for what spot did not give. The caller
 * holds the activity's lease. Refusals are in the records.
 */
export async function launchWorkers(order: LaunchOrder, context: LaunchContext): Promise<LaunchRecord[]> {
  const market = marketOf(order.activity, context.stage);
  const spot = market === "on-demand" ? 0 : order.count - order.onDemand;
  const launches: LaunchRecord[] = [];
  const call = async (tier: Tier) => {
    const launch = await launchTier(order, tier, context);
    launches.push(launch);
    return launch;
  };

  if (spot > 0) {
    const launch = await call({ name: "spot", market: "spot", wanted: spot, demands: order.demands });
    const missing = spot - launch.instances.length;
    if (market === "spot-then-on-demand" && missing > 0 && anotherMarketMayHelp(launch.errors)) {
      await call({ name: "after-spot", market: "on-demand", wanted: missing, demands: [] });
    }
  }
  const onDemand = order.count - spot;
  if (onDemand > 0 || launches.length === 0) {
    const demands = launches.length === 0 ? order.demands : [];
    await call({ name: "on-demand", market: "on-demand", wanted: onDemand, demands });
  }
  return launches;
}

async function launchTier(order: LaunchOrder, tier: Tier, context: LaunchContext): Promise<LaunchRecord> {
  const { activity, launchedBy, templateVersion, situation, reused = [] } = order;
  const intent: LaunchRecord = {
    activity: activity.name,
    clientToken: clientToken([context.stage.stage, activity.name, tier.name, ...order.demands, ...situation]),
    requestedAt: context.now().toISOString(),
    wanted: tier.wanted,
    market: tier.market,
    launchedBy,
    ...(templateVersion === undefined ? {} : { templateVersion }),
    demands: [...tier.demands],
    ...(reused.length > 0 && tier.demands.length > 0 && { reused: [...reused] }),
    // Where a limit allows no worker there is nothing to ask of EC2, only to note that the demand was seen.
    finished: tier.wanted === 0,
    instances: [],
    errors: [],
  };
  await context.records.write(stateKey.launch(activity.name, intent.requestedAt, intent.clientToken), intent);
  return intent.finished ? intent : finishLaunch(activity, intent, context);
}

/** At most 64 ASCII characters. @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html */
function clientToken(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
