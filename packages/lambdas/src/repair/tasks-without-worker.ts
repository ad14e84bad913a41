import { type Activity, ErrorName, type LaunchError, type LaunchRecord } from "@muster/pipeline";
import type { TaskOfBuild } from "../builds/tasks-of-history.ts";
import { launchedAt } from "../launching/launched-at.ts";
import { weighRefusals } from "../launching/weigh-refusals.ts";
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
  // A step asks for its worker just before it publishes its task.
  const mayConcern = (launch: LaunchRecord, sinceMs: number) => launchedAt(launch) >= sinceMs - BOOT_ALLOWANCE_MS;
  // Where nobody has asked for a worker until now, what EC2 answers now is the first that is known.
  const wasTried = (sinceMs: number) => launches.some((launch) => launch.wanted > 0 && mayConcern(launch, sinceMs));
  const hasWaited = (sinceMs: number) => now.getTime() - sinceMs >= activity.startTimeout * 1000;
  const expired = anyReady
    ? []
    : pending.filter((task) => task.state === "waiting" && hasWaited(since(task)) && wasTried(since(task)));
  const earliest = Math.min(...expired.map(since));
  const bootsFail = launches.some(
    (launch) =>
      launch.instances.length > 0 &&
      mayConcern(launch, earliest) &&
      now.getTime() - launchedAt(launch) >= BOOT_ALLOWANCE_MS,
  );
  return { tasks: expired, bootsFail };
}

/** Health checks come every five minutes: what three of them have met is no accident. */
const LASTING_REFUSALS = 3;
const LASTING_MS = 600_000;

/**
 * Whether EC2 has refused for good, all the while that a task waited: by nothing but configuration, in three requests of their own at least, ten minutes apart
 * at least. A request that EC2 did not answer says nothing; one that met anything else, or brought an instance, ends the suspicion.
 */
export function isRefusedForGood(
  { waitingSince }: Pick<TaskOfBuild, "waitingSince">,
  launches: readonly LaunchRecord[],
): boolean {
  let refusals: LaunchRecord[] = [];
  for (const launch of launches) {
    if (new Date(launch.requestedAt) < waitingSince || launch.wanted === 0) continue;
    const verdict = weighRefusals(launch.errors);
    if (launch.instances.length === 0 && verdict === "throttling") continue;
    refusals = launch.instances.length === 0 && verdict === "configuration" ? [...refusals, launch] : [];
  }
  const times = refusals.map(({ requestedAt }) => new Date(requestedAt).getTime());
  return times.length >= LASTING_REFUSALS && Math.max(...times) - Math.min(...times) >= LASTING_MS;
}

/**
 * What to give up after launching was tried: what EC2 has refused for good for long enough, or else what has waited for its `startTimeout`. No single answer
 * dooms a task that waits.
 * @param launches of the activity, oldest first, those of this repair included
 * @param launched those of this repair alone
 */
export function hopelessTasks(
  { pending, anyReady, workers }: Deficit,
  expiry: Expiry,
  { launches, launched }: { launches: readonly LaunchRecord[]; launched: readonly LaunchRecord[] },
): Doom {
  const onTheirWay =
    workers.booting + workers.requested + launched.reduce((sum, { instances }) => sum + instances.length, 0);
  const refused =
    anyReady || onTheirWay > 0
      ? []
      : pending.filter((task) => task.state === "waiting" && isRefusedForGood(task, launches));
  if (refused.length > 0) return { error: ErrorName.invalidConfiguration, tasks: refused };
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
