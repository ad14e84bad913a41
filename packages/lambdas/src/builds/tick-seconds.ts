import type { BuildProgress } from "./tasks-of-history.ts";

const USUAL = 300;
/** A build of some four hundred tasks: a quarter of the 25,000 events that an execution may have. */
const LONG_HISTORY = 6250;
/** Four hours of checks every five minutes. */
const CHECKS_OF_A_PACE = 48;
const SLOWEST = USUAL * 8;
/** However soon something is due: a check is thirteen events, and takes its seconds. */
const SOONEST = 30;

/**
 * Seconds until the next health check. Each adds some thirteen events to the history, which ends an execution when it is full: a day of checks every five
 * minutes would take 3,700 of them. So a long history is checked half as often after every 48 checks, every forty minutes at last. What happens to
 * machines is repaired when it happens, by events; the check is for what no event told, and for capacity that was missing.
 * @param dueInSeconds when there is something to do that can be foreseen; a long history is spared it
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export function tickSeconds(
  { events, healthChecks }: Pick<BuildProgress, "events" | "healthChecks">,
  dueInSeconds = USUAL,
): number {
  if (events < LONG_HISTORY) return Math.min(USUAL, Math.max(SOONEST, Math.ceil(dueInSeconds)));
  return Math.min(SLOWEST, USUAL * 2 ** Math.floor(healthChecks / CHECKS_OF_A_PACE));
}
