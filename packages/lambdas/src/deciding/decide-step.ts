import type { S3Client } from "@aws-sdk/client-s3";
import {
  type Around,
  activityNamed,
  InvalidConfigurationError,
  type Pipeline,
  type PrepareActivityEvent,
  type StageDescription,
  type Task,
  type TaskScripts,
  taskAt,
} from "@muster/pipeline";
import { decide } from "./decide.ts";
import { failedOf } from "./failed-of.ts";
import { lookout } from "./lookout.ts";
import type { Decided } from "./make-again.ts";

interface StepContext {
  readonly pipeline: Pipeline;
  readonly stage: Pick<StageDescription, "buckets">;
  readonly s3: S3Client;
  readonly now: () => Date;
}

/**
 * The task that a build has come to, and whether it runs, by what lies in the buckets now.
 * @throws InvalidConfigurationError for a step that the pipeline does not have there
 */
export async function decideStep(
  event: PrepareActivityEvent,
  { pipeline, stage: { buckets }, s3, now }: StepContext,
): Promise<{ readonly task: Task; readonly decision: Decided }> {
  const task = findTask(pipeline, event);
  const { buildInput: build, before, scripts } = event;
  const looking = lookout(s3, buckets);
  const making = { pipeline, scriptOf: () => digestOfScript(scripts), factsOf: looking.factsOf };
  return { task, decision: await decide(task, { build, buckets, before, now, ...looking, making }) };
}

/** As the URL has it that it is fetched by. */
const digestOfScript = (scripts: TaskScripts | undefined): string | undefined =>
  /#sha256=([0-9a-f]{64})$/.exec(scripts?.script ?? "")?.[1];

function findTask(pipeline: Pipeline, event: PrepareActivityEvent): Task {
  const known = around(event);
  try {
    return taskAt(activityNamed(pipeline, event.activity), event, known);
  } catch (error) {
    throw new InvalidConfigurationError((error as RangeError).message, {
      hint: "deploy state machine and functions from the same pipeline",
    });
  }
}

function around({ platforms = [], buildInput: { versions }, versionResults }: PrepareActivityEvent): Around {
  // A list: of a build that began before both were told.
  const { all, ofBuild: begun } = Array.isArray(platforms) ? { all: platforms, ofBuild: platforms } : platforms;
  // They are begun in an order of the stage's own; what steps are told stays as it is listed.
  const ofBuild = all.filter((platform) => begun.includes(platform));
  return {
    platforms: all,
    buildPlatforms: ofBuild,
    versions,
    failedVersions: failedOf(versions, versionResults),
  };
}
