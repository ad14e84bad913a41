import { itemEndStateName, type Outline } from "@muster/pipeline";
import type { PayloadTemplate } from "../amazon-states-language.ts";
import { beforeHere, beforeWithin, noResults } from "../before.ts";
import type { Fragment } from "../fragment.ts";
import { nameHere, type Scope } from "../scope.ts";
import { machine } from "./machine.ts";
import { resultsEnd } from "./results-end.ts";

/** A Map over the platforms of a version. */
export interface ForEachPlatform {
  readonly name: string;
  readonly steps: Outline;
}

/** What the steps of one platform are given. */
export const itemOf = (steps: Outline, { before }: Scope): PayloadTemplate => ({
  "version.$": "$.version",
  "platform.$": "$$.Map.Item.Value",
  "platforms.$": "$.platforms",
  "buildInput.$": "$.buildInput",
  ...beforeHere(steps, before),
  ...noResults(before),
});

/** The steps of one platform, which end with their results. */
export function processor({ name, steps }: ForEachPlatform, scope: Scope): Fragment {
  const end = resultsEnd(nameHere(scope, itemEndStateName(name)), { "platform.$": "$.platform" });
  return machine(steps, { ...scope, per: "platform", before: beforeWithin(steps, scope.before) }, end);
}
