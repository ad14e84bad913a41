import type { S3Client } from "@aws-sdk/client-s3";
import {
  type BuildInput,
  type Decision,
  type Pipeline,
  type Place,
  placeOf,
  type StageDescription,
  type Task,
  taskName,
  tasksOfBuild,
} from "@muster/pipeline";
import { decide } from "./decide.ts";
import { lookout } from "./lookout.ts";
import { platformsOfVersion } from "./platforms-of-version.ts";

export type PlannedStep = Place & Decision & { readonly task: string; readonly activity: string };

export interface PlannedTask {
  readonly task: Task;
  readonly decision: Decision;
}

interface PlanOptions {
  readonly pipeline: Pipeline;
  readonly stage: Pick<StageDescription, "buckets">;
  readonly s3: S3Client;
  readonly now?: () => Date;
}

/**
 * What a build would run or skip if it were started now, with the evidence; nothing is started. Steps that depend on what earlier steps
 * of the same build will make are judged by what is there today.
 */
export async function planTasks(
  build: BuildInput,
  { pipeline, stage, s3, now = () => new Date() }: PlanOptions,
): Promise<PlannedTask[]> {
  const looking = { ...lookout(s3, stage.buckets), now };
  const versions = build.versions.map(async (version) => ({
    version,
    ...(await platformsOfVersion(pipeline, version, { build, s3 })),
  }));
  const tasks = tasksOfBuild(pipeline, await Promise.all(versions));
  return Promise.all(
    tasks.map(async (task) => ({ task, decision: await decide(task, { build, buckets: stage.buckets, ...looking }) })),
  );
}

/** The same, as a report has it. */
export async function planBuild(build: BuildInput, options: PlanOptions): Promise<PlannedStep[]> {
  return (await planTasks(build, options)).map(({ task, decision }) => ({
    task: taskName(task.activity.name, task.subject),
    activity: task.activity.name,
    ...placeOf(task.subject),
    ...ifAllGoesWell(task, decision),
  }));
}

/** Of a plan nothing has failed yet. */
function ifAllGoesWell({ activity }: Task, { run, reason, ...rest }: Decision): Decision {
  const proviso = run && activity.runsWhen === "predecessors-succeeded" ? ", if nothing before it fails" : "";
  return { run, reason: `${reason}${proviso}`, ...rest };
}
