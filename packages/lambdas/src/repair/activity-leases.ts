import type { Activity, Lease } from "@muster/pipeline";
import { chance, type LeaseNote, leaseTaker, releaseLease, type StateRecords, stateKey } from "@muster/records";
import type { Log } from "../log.ts";

/** Longer than any function that holds one may run (`functionSeconds`), so that its work ends before its lease does. */
const LEASE_MS = 60_000;

interface LeaseKeeping {
  readonly records: StateRecords;
  now(): Date;
  readonly log: Log;
}

export interface LeasedActivity {
  readonly activity: Activity;
  /** No launch that was asked for before is unsettled; undefined where nobody knows since when. */
  readonly unsettledSince: string | undefined;
  /** Whether no launch at all was unsettled when the lease was taken. */
  readonly settled: boolean;
  /** Until when repairs that events ask for wait; undefined where they need not. */
  readonly restsUntil: string | undefined;
}

/** What the next holder is told of an activity. */
export interface LeftBehind {
  /** No launch waits for an outcome, nor an answered demand to be put away. */
  readonly settled: boolean;
  readonly restsUntil: string | undefined;
}

/**
 * Runs `work` for those activities whose lease is free, and answers which these were.
 * @param together whether one lease stands for them all
 * @param work answers how it leaves them, all of them
 */
export async function underLeases(
  activities: readonly Activity[],
  { together, records, now, log }: LeaseKeeping & { together: boolean },
  work: (held: readonly LeasedActivity[]) => Promise<ReadonlyMap<Activity, LeftBehind>>,
): Promise<readonly Activity[]> {
  const holder = chance().uuid();
  const leased = together ? [{ key: stateKey.repairLease("all"), activities }] : activities.map(alone);
  const takings = await Promise.allSettled(
    leased.map(async (of) => {
      let settled = false;
      // What is launched from here on is unsettled until the lease is let go with another word.
      const carry = (last: Lease | undefined): LeaseNote => {
        settled = last?.unsettledSince === null;
        return {
          unsettledSince: settled ? now().toISOString() : (last?.unsettledSince ?? undefined),
          restsUntil: last?.restsUntil,
        };
      };
      const at = { records, key: of.key, holder, leaseMs: LEASE_MS, now: () => now().getTime(), carry };
      const take = leaseTaker(at);
      // What failed may have taken it all the same.
      const taking = await take().catch(take);
      return taking.kind === "held" ? [{ ...of, lease: taking.lease, settled }] : [];
    }),
  );
  // All have ended by now: nothing is taken that is not let go below.
  const held = takings.flatMap((taking) => (taking.status === "fulfilled" ? taking.value : []));
  let left: ReadonlyMap<Activity, LeftBehind> = new Map();
  try {
    for (const taking of takings) if (taking.status === "rejected") throw taking.reason;
    const free = held.flatMap(({ lease, settled, ...of }) =>
      of.activities.map((activity) => ({
        activity,
        settled,
        unsettledSince: lease.value.unsettledSince ?? undefined,
        restsUntil: lease.value.restsUntil,
      })),
    );
    left = free.length > 0 ? await work(free) : new Map();
    return free.map(({ activity }) => activity);
  } finally {
    await Promise.all(
      held.map(({ lease, key, activities: own }) =>
        releaseLease({ records, key }, lease, noteOf(own, left)).catch((error: unknown) =>
          log.warn("a lease was not released; it expires by itself", { key, error: String(error) }),
        ),
      ),
    );
  }
}

const alone = (activity: Activity) => ({ key: stateKey.repairLease(activity.name), activities: [activity] });

/** One lease may stand for several: it says what holds of them all. */
function noteOf(activities: readonly Activity[], left: ReadonlyMap<Activity, LeftBehind>): LeaseNote {
  const all = activities.map((activity) => left.get(activity));
  const restsUntil = all
    .flatMap((each) => each?.restsUntil ?? [])
    .sort()
    .at(-1);
  return {
    ...(all.every((each) => each?.settled) && { unsettledSince: null }),
    ...(restsUntil !== undefined && { restsUntil }),
  };
}
