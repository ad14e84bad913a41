import { functionNames, type Pipeline, type StageDescription, workerLogGroup } from "@muster/pipeline";

/** A stage of a pipeline in a local AWS; its buckets are named after their roles. */
export function describeStage(
  pipeline: Pipeline,
  subnets: readonly { subnetId: string; availabilityZone: string }[],
  { stage = "local", ...rest }: Partial<StageDescription> = {},
): StageDescription {
  const arn = (service: string, resource: string) => `arn:aws:${service}:us-west-2:000000000000:${resource}`;
  const perActivity = (value: (name: string) => string) =>
    Object.fromEntries(pipeline.activities.map(({ name }) => [name, value(name)]));
  return {
    stage,
    pipeline: pipeline.name,
    region: "us-west-2",
    accountId: "000000000000",
    stateMachineArn: arn("states", `stateMachine:${pipeline.name}`),
    activities: perActivity((name) => arn("states", `activity:${name}`)),
    functions: Object.fromEntries(functionNames.map((name) => [name, arn("lambda", `function:${name}`)])),
    buckets: { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" },
    logGroups: perActivity((name) => workerLogGroup(stage, pipeline, { name })),
    launchTemplates: perActivity((name) => name),
    subnets: subnets.map(({ subnetId, availabilityZone }) => ({ id: subnetId, zone: availabilityZone })),
    downloadsUrl: "https://example.org",
    ...rest,
  };
}
