import { functionNames, type Pipeline, type StageDescription, workerLogGroup } from "@muster/pipeline";

/** A stage of a pipeline as the local AWS would have it. */
export function exampleStage(pipeline: Pipeline, overrides: Partial<StageDescription> = {}): StageDescription {
  const account = "us-west-2:000000000000";
  const byActivity = (value: (name: string) => string) =>
    Object.fromEntries(pipeline.activities.map(({ name }) => [name, value(name)]));
  return {
    stage: "local",
    pipeline: pipeline.name,
    region: "us-west-2",
    accountId: "000000000000",
    stateMachineArn: `arn:aws:states:${account}:stateMachine:${pipeline.name}`,
    activities: byActivity((name) => `arn:aws:states:${account}:activity:${pipeline.name}-${name}`),
    functions: Object.fromEntries(functionNames.map((name) => [name, name])),
    buckets: { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" },
    logGroups: byActivity((name) => workerLogGroup("local", pipeline, { name })),
    launchTemplates: byActivity((name) => `${pipeline.name}-${name}`),
    subnets: [],
    distributionId: "EMUSTERLOCAL",
    downloadsUrl: "http://127.0.0.1/downloads",
    ...overrides,
  };
}
