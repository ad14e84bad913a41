import type { SFNClient } from "@aws-sdk/client-sfn";
import type { Activity } from "@muster/pipeline";
import { type StateRecords, stateFolder, stateKey } from "@muster/records";
import { runningBuilds } from "../builds/running-builds.ts";

/** Launches and demands are of interest for an hour; a day leaves time to look at them. */
export const KEEP_MS = 24 * 3_600_000;

/**
 * Deletes what served its purpose: demands and launches of yesterday, and what executions left that have ended without saying so. Attempt records stay.
 * @returns how many objects were deleted
 */
export async function dropOldRecords({
  records,
  activities,
  sfn,
  stateMachineArn,
  now,
}: {
  records: StateRecords;
  activities: readonly Activity[];
  sfn: SFNClient;
  stateMachineArn: string;
  now: Date;
}): Promise<number> {
  const before = new Date(now.getTime() - KEEP_MS).toISOString();
  const old: string[] = [];
  for (const { name } of activities) {
    for (const prefix of [stateKey.launches(name), stateKey.demands(name), stateKey.answeredDemands(name)]) {
      old.push(...(await records.list(prefix, { before: `${prefix}${before}` })));
    }
  }
  // Listed before the builds are, so that a build which starts in between keeps its records.
  const ofExecutions = await records.list(stateFolder.executions);
  const builds = ofExecutions.length === 0 ? [] : await runningBuilds(sfn, stateMachineArn);
  const running = builds.flatMap(({ executionArn }) => (executionArn ? stateKey.execution(executionArn) : []));
  old.push(...ofExecutions.filter((key) => !running.some((prefix) => key.startsWith(prefix))));
  await records.delete(old);
  return old.length;
}
