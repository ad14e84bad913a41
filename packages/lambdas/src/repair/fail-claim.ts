import { SendTaskFailureCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { Claim, ErrorName, MusterError } from "@muster/pipeline";
import { type StateRecords, stateKey, taskIsOver } from "@muster/records";
import type { Log } from "../log.ts";

/** What it takes to end a claim. */
export interface ClaimEnding {
  readonly records: StateRecords;
  readonly sfn: SFNClient;
  now(): Date;
  readonly log: Log;
}

/** Gives back the task that a lost machine held; the task's name, or undefined where it held none. */
export async function failClaim(
  activity: string,
  instanceId: string,
  { records, sfn, now, log }: ClaimEnding,
): Promise<string | undefined> {
  const key = stateKey.claim(activity, instanceId);
  const claim = await readClaim(key, { records, log });
  if (claim === undefined) return undefined;
  const seconds = Math.max(0, Math.round((now().getTime() - new Date(claim.claimedAt).getTime()) / 1000));
  const failed = await sendFailure(sfn, claim.token, {
    ec2: instanceId,
    time_sec: String(seconds),
    message: "its machine is gone",
  });
  await records.delete([key]);
  if (failed) log.info("task of a lost machine given back", { activity, task: claim.task, instance: instanceId });
  return failed ? claim.task : undefined;
}

/** undefined where there is none. Workers write claims, and whatever their scripts put there stops nobody's repair: what is none goes. */
export async function readClaim(
  key: string,
  { records, log }: Pick<ClaimEnding, "records" | "log">,
): Promise<Claim | undefined> {
  try {
    return (await records.read(key, Claim))?.value;
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    log.warn("what is no claim was removed", { key, error });
    await records.delete([key]);
    return undefined;
  }
}

async function sendFailure(sfn: SFNClient, taskToken: string, cause: unknown): Promise<boolean> {
  try {
    await sfn.send(
      new SendTaskFailureCommand({ taskToken, error: ErrorName.workerInterrupted, cause: JSON.stringify(cause) }),
    );
    return true;
  } catch (error) {
    // It has ended or gone to another worker since.
    if (taskIsOver(error)) return false;
    throw error;
  }
}
