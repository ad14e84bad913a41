import type { FunctionName, TaskScripts } from "@muster/pipeline";

/** What a state machine's tasks call, by ARN; a deployment may pass references that are resolved later. */
export interface Resources {
  functionArn(name: FunctionName): string;
  activityArn(activity: string): string;
  /** What the tasks of builds run that begin with this definition; their workers' own scripts where absent. */
  scriptsOf?(activity: string): TaskScripts;
  /** Where results of large builds lie until they are collected; where absent, every build has one history, however large. */
  readonly mapRuns?: { readonly Bucket: string; readonly Prefix: string };
}
