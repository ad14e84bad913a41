import type { PayloadTemplate } from "./amazon-states-language.ts";
import type { Resources } from "./resources.ts";

/** What the data of a state holds at one place of a build, beside `$.results`. */
export interface Scope {
  readonly resources: Resources;
  /** Inside ForEachPlatform: `$.platform`. */
  readonly platform: boolean;
  /** After GetPlatformsForVersion: `$.platforms`. */
  readonly platforms: boolean;
}

/** `$.version`, `$.buildInput` and what else is known: all that a nested machine is given. */
export function knownHere({ platform, platforms }: Scope): PayloadTemplate {
  return {
    "version.$": "$.version",
    ...(platform ? { "platform.$": "$.platform" } : {}),
    ...(platforms ? { "platforms.$": "$.platforms" } : {}),
    "buildInput.$": "$.buildInput",
  };
}

/** Which execution asks. */
export const execution: PayloadTemplate = {
  "id.$": "$$.Execution.Id",
  "name.$": "$$.Execution.Name",
  "startTime.$": "$$.Execution.StartTime",
};

/** Where a step's result lies. */
export const resultPath = (step: string): string => `$.results.${step}`;

/** Where a step's error lies. */
export const failurePath = (step: string): string => `${resultPath(step)}.failure`;
