import { type Activity, ErrorName, type LaunchError, type LaunchRecord } from "@muster/pipeline";
import type { TaskOfBuild } from "../builds/tasks-of-history.ts";
import { BOOT_ALLOWANCE_MS } from "../workers/count-workers.ts";
import type { Deficit } from "./measure-deficit.ts";

/** Tasks that are not worth waiting for, and the error that says why. */
export interface Doom {
  readonly error: string;
  readonly tasks: readonly TaskOfBuild[];
}

export interface Expiry {
  /** Tasks that have waited for `startTimeout` while no worker was there that could have taken them. */
  readonly tasks: readonly TaskOfBuild[];
  /** Machines were launched in that time, and none of them became ready: launching more is no use. */
  readonly bootsFail: boolean;
}

/** A queue behind a lease has a live worker, and one behind a limit was noted as such: neither counts as waiting for a worker that does not come. */
export function expiredTasks(
  activity: Activity,
  { pending, anyReady }: Deficit,
  { tasks, launches, now }: { tasks: readonly TaskOfBuild[]; launches: readonly LaunchRecord[]; now: Date },
): Expiry {
  const lastLive = Math.max(0, ...tasks.map(({ lastEnded }) => lastEnded?.getTime() ?? 0));
  const limited = launches
    .filter(({ wanted }) => wanted === 0)
    .map(({ requestedAt }) => new Date(requestedAt).getTime());
  const since = ({ waitingSince }: TaskOfBuild) => Math.max(waitingSince.getTime(), lastLive, ...limited);
  const expired = anyReady
    ? []
    : pending.filter((task) => task.state === "waiting" && now.getTime() - since(task) >= activity.startTimeout * 1000);
  const earliest = Math.min(...expired.map(since));
  const bootsFail = launches.some(({ instances, requestedAt }) => {
    const requested = new Date(requestedAt).getTime();
    // A step asks for its worker just before it publishes its task.
    return (
      instances.length > 0 &&
      requested >= earliest - BOOT_ALLOWANCE_MS &&
      now.getTime() - requested >= BOOT_ALLOWANCE_MS
    );
  });
  return { tasks: expired, bootsFail };
}

/** What to give up after launching was tried: everything that waits if EC2 refuses what the stage asks for, which will be the same next time. */
export function hopelessTasks(
  { pending, anyReady, workers }: Deficit,
  expiry: Expiry,
  launched: readonly LaunchRecord[],
): Doom {
  const refusedForGood = launched.some(({ errors }) => errors.some(({ refusal }) => refusal === "configuration"));
  const onTheirWay =
    workers.booting + workers.requested + launched.reduce((sum, { instances }) => sum + instances.length, 0);
  if (refusedForGood && !anyReady && onTheirWay === 0) {
    return { error: ErrorName.invalidConfiguration, tasks: pending.filter(({ state }) => state === "waiting") };
  }
  const tasks = expiry.bootsFail || onTheirWay === 0 ? expiry.tasks : [];
  return { error: ErrorName.noWorkerStarted, tasks };
}

/** Which types in which zones were refused and why, most frequent reason first: `r6i.4xlarge in us-west-2a, us-west-2b: InsufficientInstanceCapacity`. */
export function describeRefusals(errors: readonly LaunchError[]): string {
  const byReason = new Map<
    string,
    { types: Set<string>; zones: Set<string>; market: Set<string>; count: number; message: string }
  >();
  for (const { code, instanceType, zone, market, message } of errors) {
    const reason = byReason.get(code) ?? { types: new Set(), zones: new Set(), market: new Set(), count: 0, message };
    if (instanceType) reason.types.add(instanceType);
    if (zone) reason.zones.add(zone);
    if (market) reason.market.add(market);
    reason.count++;
    byReason.set(code, reason);
  }
  return [...byReason]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([code, { types, zones, market, message }]) => {
      const where = [[...types].join("/"), zones.size > 0 ? `in ${[...zones].join("/")}` : "", [...market].join("/")];
      const pools = where.filter((part) => part !== "").join(" ");
      return types.size > 0 ? `${pools}: ${code}` : `${code}: ${message}`;
    })
    .join("; ");
}
