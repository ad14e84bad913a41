import type { EC2Client } from "@aws-sdk/client-ec2";
import type { S3Client } from "@aws-sdk/client-s3";
import { type Activity, InvalidConfigurationError, type Pipeline, type StageDescription } from "@muster/pipeline";
import type { HandlerContext } from "../handler.ts";
import type { Log } from "../log.ts";
import { type StateRecords, stateRecords } from "../records/state-records.ts";

/** What launching works with. */
export interface LaunchContext {
  readonly ec2: EC2Client;
  readonly records: StateRecords;
  readonly pipeline: Pipeline;
  readonly stage: StageDescription;
  now(): Date;
  readonly log: Log;
}

export function launchContext({ pipeline, stage, clients, now, log }: HandlerContext<"ec2" | "s3">): LaunchContext {
  return {
    ec2: clients.ec2,
    records: stateRecords(clients.s3 as S3Client, stage.buckets.state),
    pipeline,
    stage,
    now,
    log,
  };
}

/** @throws InvalidConfigurationError when the stage was deployed from a pipeline without this activity */
export function activityArn({ stage }: Pick<LaunchContext, "stage">, { name }: Pick<Activity, "name">): string {
  const arn = stage.activities[name];
  if (arn !== undefined) return arn;
  throw new InvalidConfigurationError(`the stage "${stage.stage}" has no queue for ${name}`, {
    hint: "deploy the pipeline again",
  });
}
