import * as z from "zod";
import { awsName, launchTemplateName, workerLogGroup } from "./aws-names.ts";
import { WrittenPolicy } from "./policy.ts";
import { fixedState } from "./state-names.ts";

/** The Lambda functions of a stage; the state machine names all but the last four, as far as its pipeline needs them. */
export const functionNames = [
  fixedState.parseInput,
  fixedState.getPlatformsForVersion,
  "PrepareActivity",
  fixedState.healthCheck,
  fixedState.healthCheckWait,
  fixedState.endHealthCheck,
  fixedState.checkIfReposChanged,
  fixedState.updateIndices,
  fixedState.invalidateCloudFront,
  fixedState.normalizeResults,
  fixedState.checkForFailures,
  "RequestApproval",
  "KeepPage",
  "Repair",
  "Reap",
  "BuildStatus",
  "Notify",
] as const;
export type FunctionName = (typeof functionNames)[number];

const byActivity = z.record(z.string(), z.string());

/** As it is written: an SSM parameter holds 8 KB, so that what all stages name alike is left out. */
const WrittenDescription = z.object({
  stage: z.string(),
  pipeline: z.string(),
  region: z.string(),
  accountId: z.string(),
  stateMachineArn: z.string(),
  /** ARN by activity name. */
  activities: byActivity.optional(),
  /** Function name or ARN by function. */
  functions: z.record(z.string(), z.string()),
  buckets: z.object({ assets: z.string(), scratch: z.string(), downloads: z.string(), state: z.string() }),
  /** Log group by activity name. */
  logGroups: byActivity.optional(),
  /** Launch template name by activity name. */
  launchTemplates: byActivity.optional(),
  /** Version of its launch template by activity name; the template's default one where absent. */
  launchTemplateVersions: byActivity.optional(),
  /** Subnets that workers may run in, with their zones. */
  subnets: z.array(z.object({ id: z.string(), zone: z.string() })),
  distributionId: z.string().optional(),
  /** Where users download: a URL without trailing slash. */
  downloadsUrl: z.string(),
  /** Stops launches, not running tasks: at most this many workers at once over all activities. */
  maxWorkers: z.number().optional(),
  /** Stops launches when running workers would cost more, in US dollars an hour. */
  maxCostPerHour: z.number().optional(),
  /** `never`: on-demand only, whatever the pipeline wishes. */
  spot: z.enum(["as-declared", "never"]).optional(),
  /** Where it is not as usual. */
  policy: WrittenPolicy.optional(),
  /** Whom of the pipeline's notifications the stage tells, by name; nobody where absent. */
  notifies: z
    .record(
      z.string(),
      z.object({
        /** Name of its secret on the stage. */
        secret: z.string().optional(),
        /** ARN of its topic. */
        topic: z.string().optional(),
      }),
    )
    .optional(),
});
export type StageDescriptionInput = z.input<typeof WrittenDescription>;

/** All that is needed to work with a deployment; on AWS it is the value of one SSM parameter. Read, it is complete. */
export const StageDescription = WrittenDescription.transform((written) => {
  const { stage, pipeline, stateMachineArn, launchTemplateVersions = {} } = written;
  const of = { name: pipeline };
  const named = (nameOf: (activity: string) => string) =>
    Object.fromEntries(Object.keys(launchTemplateVersions).map((activity) => [activity, nameOf(activity)]));
  const activityArn = (activity: string) =>
    stateMachineArn.replace(/:stateMachine:.*/, `:activity:${awsName(stage, of, activity)}`);
  return {
    ...written,
    activities: written.activities ?? named(activityArn),
    logGroups: written.logGroups ?? named((name) => workerLogGroup(stage, of, { name })),
    launchTemplates: written.launchTemplates ?? named((name) => launchTemplateName(stage, of, name)),
  };
});
export type StageDescription = z.output<typeof StageDescription>;

/** SSM parameter that holds a stage's description. */
export const stageParameter = (stage: string): string => `/muster/${stage}/description`;
