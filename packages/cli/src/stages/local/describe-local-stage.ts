import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { awsName, functionNames, type Pipeline, type StageDescription, workerLogGroup } from "@muster/pipeline";

export const LOCAL_REGION = "us-west-2";
export const LOCAL_ACCOUNT = "000000000000";

/** Invalidations are recorded under it; nothing lies between this machine's downloads and their users. */
const DISTRIBUTION = "EMUSTERLOCAL";

/**
 * The local stage of a pipeline: it has no deployment to ask, because everything about it follows from the pipeline.
 * @param subnets where workers may be launched; whoever launches none leaves them out
 */
export function describeLocalStage(
  pipeline: Pipeline,
  {
    dir,
    subnets = [],
    notifies,
  }: Pick<StageDescription, "notifies"> & { dir: string; subnets?: StageDescription["subnets"] },
): StageDescription {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;
  const name = (part: string) => awsName("local", pipeline, part);
  const perActivity = (value: (activity: string) => string) =>
    Object.fromEntries(pipeline.activities.map((activity) => [activity.name, value(activity.name)]));
  const bucket = (role: keyof StageDescription["buckets"]) => pipeline.buckets?.[role] ?? `${pipeline.name}-${role}`;
  const buckets = {
    assets: bucket("assets"),
    scratch: bucket("scratch"),
    downloads: bucket("downloads"),
    state: bucket("state"),
  };
  return {
    stage: "local",
    pipeline: pipeline.name,
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    stateMachineArn: arn("states", `stateMachine:${pipeline.name}`),
    activities: perActivity((activity) => arn("states", `activity:${name(activity)}`)),
    functions: Object.fromEntries(functionNames.map((fn) => [fn, arn("lambda", `function:${name(fn)}`)])),
    buckets,
    logGroups: perActivity((activity) => workerLogGroup("local", pipeline, { name: activity })),
    launchTemplates: perActivity(name),
    subnets,
    distributionId: DISTRIBUTION,
    ...(notifies !== undefined && { notifies }),
    downloadsUrl: pathToFileURL(join(dir, "s3", buckets.downloads)).href,
  };
}
