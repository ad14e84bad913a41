import type { Activity } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import type { Worker } from "../workers/describe-workers.ts";
import { type ClaimEnding, failClaim, readClaim } from "./fail-claim.ts";

/** A machine that took a task this recently may just not be visible yet. */
const VISIBLE_AFTER_MS = 300_000;

/** Gives back every task whose machine no longer exists, for the events that never came. Claims of workers that are no instances are theirs. */
export async function failLostClaims(
  activity: Activity,
  workers: readonly Worker[],
  ending: ClaimEnding,
): Promise<void> {
  const { records, now } = ending;
  const alive = new Map(workers.map(({ instanceId, state }) => [instanceId, state !== "gone"]));
  const prefix = stateKey.claims(activity.name);
  const claimants = (await records.list(prefix)).map((key) => key.slice(prefix.length, -".json".length));
  for (const instanceId of claimants) {
    if (alive.get(instanceId) === true || !instanceId.startsWith("i-")) continue;
    const claim = alive.has(instanceId)
      ? undefined
      : await readClaim(stateKey.claim(activity.name, instanceId), ending);
    const age = now().getTime() - new Date(claim?.claimedAt ?? 0).getTime();
    if (age >= VISIBLE_AFTER_MS) await failClaim(activity.name, instanceId, ending);
  }
}
