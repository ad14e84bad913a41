import type { Clock } from "../../clock.ts";
import type { LogGroup } from "./log-groups.ts";

/** Events older than this (epoch milliseconds) are past the group's retention and no longer shown. */
export function expiredBefore({ retentionInDays }: LogGroup, clock: Clock): number {
  return retentionInDays === undefined ? 0 : clock.now() - retentionInDays * 86_400_000;
}
