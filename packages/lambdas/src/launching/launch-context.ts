import type { EC2Client } from "@aws-sdk/client-ec2";
import type { S3Client } from "@aws-sdk/client-s3";
import { type Activity, InvalidConfigurationError, type StageDescription } from "@muster/pipeline";
import { type StateRecords, stateRecords } from "@muster/records";
import type { HandlerContext } from "../handler.ts";
import type { Log } from "../log.ts";

/** What it takes to read launches and demands. */
export interface LaunchReading {
  readonly records: StateRecords;
  now(): Date;
  readonly log: Log;
}

/** What it takes to launch. */
export interface LaunchContext extends LaunchReading {
  readonly ec2: EC2Client;
  readonly stage: StageDescription;
}

export function launchContext({ stage, clients, now, log }: HandlerContext<"ec2" | "s3">): LaunchContext {
  return { ec2: clients.ec2, records: recordsOf(clients.s3, stage), stage, now, log };
}

/** The same for each invocation in a process: by them, later ones know what earlier ones have read. */
const ofClient = new WeakMap<S3Client, StateRecords>();

function recordsOf(s3: S3Client, { buckets }: StageDescription): StateRecords {
  const records = ofClient.get(s3) ?? stateRecords(s3, buckets.state);
  ofClient.set(s3, records);
  return records;
}

/** @throws InvalidConfigurationError when the stage was deployed from a pipeline without this activity */
export function activityArn({ stage }: { stage: StageDescription }, { name }: Pick<Activity, "name">): string {
  const arn = stage.activities[name];
  if (arn !== undefined) return arn;
  throw new InvalidConfigurationError(`the stage "${stage.stage}" has no queue for ${name}`, {
    hint: "deploy the pipeline again",
  });
}
