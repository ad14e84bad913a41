import type { Activity } from "@muster/pipeline";
import { chance, leaseTaker, releaseLease, type StateRecords, stateKey } from "@muster/records";
import type { Log } from "../log.ts";

/** Longer than any function that holds one may run (`functionSeconds`), so that its work ends before its lease does. */
const LEASE_MS = 60_000;

interface LeaseKeeping {
  readonly records: StateRecords;
  now(): Date;
  readonly log: Log;
}

/**
 * Runs `work` for those activities whose lease is free, and answers which these were.
 * @param together whether one lease stands for them all
 */
export async function underLeases(
  activities: readonly Activity[],
  { together, records, now, log }: LeaseKeeping & { together: boolean },
  work: (held: readonly Activity[]) => Promise<void>,
): Promise<readonly Activity[]> {
  const holder = chance().uuid();
  const leased = together ? [{ key: stateKey.repairLease("all"), activities }] : activities.map(alone);
  const takings = await Promise.allSettled(
    leased.map(async (of) => {
      const take = leaseTaker({ records, key: of.key, holder, leaseMs: LEASE_MS, now: () => now().getTime() });
      // What failed may have taken it all the same.
      const taking = await take().catch(take);
      return taking.kind === "held" ? [{ ...of, lease: taking.lease }] : [];
    }),
  );
  // All have ended by now: nothing is taken that is not let go below.
  const held = takings.flatMap((taking) => (taking.status === "fulfilled" ? taking.value : []));
  try {
    for (const taking of takings) if (taking.status === "rejected") throw taking.reason;
    const free = held.flatMap((of) => of.activities);
    if (free.length > 0) await work(free);
    return free;
  } finally {
    await Promise.all(
      held.map(({ key, lease }) =>
        releaseLease({ records, key }, lease).catch((error: unknown) =>
          log.warn("a lease was not released; it expires by itself", { key, error: String(error) }),
        ),
      ),
    );
  }
}

const alone = (activity: Activity) => ({ key: stateKey.repairLease(activity.name), activities: [activity] });
