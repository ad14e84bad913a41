import { distributedState, type Per, unreachable } from "@muster/pipeline";
import type { PayloadTemplate } from "./amazon-states-language.ts";
import type { Before } from "./before.ts";
import type { Resources } from "./resources.ts";

/** What the data of a state holds at one place of a build, beside `$.results`. */
export interface Scope {
  readonly resources: Resources;
  /** What the steps here are done for. */
  readonly per: Per;
  /** After GetPlatformsForVersion: `$.platforms`. */
  readonly platforms: boolean;
  /** Of what came before; undefined where no step of the pipeline asks. */
  readonly before?: Before | undefined;
  /** After ForEachVersion, outside of it: where its results lie. */
  readonly versionResults?: string;
  /** In an execution of the platform's own: the build's is told as `$.execution`. */
  readonly distributed?: boolean;
}

/** The scope inside a nested machine that is given what is known here. */
export function within({ versionResults, ...scope }: Scope): Scope {
  return { ...scope, ...(versionResults !== undefined && { versionResults: "$.versionResults" }) };
}

/** `$.version`, `$.buildInput` and what else is known: all that a nested machine is given. */
export function knownHere(scope: Scope): PayloadTemplate {
  return {
    ...subjectHere(scope),
    "buildInput.$": "$.buildInput",
    ...(scope.distributed && { "execution.$": "$.execution" }),
  };
}

/** Which build asks: its execution. */
export const executionHere = ({ distributed }: Scope): PayloadTemplate =>
  distributed ? { "execution.$": "$.execution" } : { execution };

/** The name of a state in this form of the build. */
export const nameHere = ({ distributed }: Scope, stateName: string): string =>
  distributed ? distributedState.of(stateName) : stateName;

function subjectHere({ per, platforms, versionResults }: Scope): PayloadTemplate {
  const known = platforms ? { "platforms.$": "$.platforms" } : {};
  switch (per) {
    case "build":
      return versionResults === undefined ? {} : { "versionResults.$": versionResults };
    case "version":
      return { "version.$": "$.version", ...known };
    case "platform":
      return { "version.$": "$.version", "platform.$": "$.platform", ...known };
    default:
      return unreachable(per);
  }
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
