import type { FunctionName } from "@muster/pipeline";

/** What a state machine's tasks call, by ARN; a deployment may pass references that are resolved later. */
export interface Resources {
  functionArn(name: FunctionName): string;
  activityArn(activity: string): string;
}
