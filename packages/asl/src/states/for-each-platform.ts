import { itemEndStateName, type Outline } from "@muster/pipeline";
import { beforeHere, beforeWithin, noResults } from "../before.ts";
import { type Fragment, fragment, type Links, nested } from "../fragment.ts";
import { resultPath, type Scope } from "../scope.ts";
import { machine } from "./machine.ts";
import { resultsEnd } from "./results-end.ts";

/** The same steps for each of the version's platforms; one that fails stops no other. */
export function forEachPlatform(
  { name, steps }: { readonly name: string; readonly steps: Outline },
  scope: Scope,
  { next }: Links,
): Fragment {
  const { before } = scope;
  const end = resultsEnd(itemEndStateName(name), { "platform.$": "$.platform" });
  return fragment(name, {
    [name]: {
      Type: "Map",
      ItemsPath: "$.platforms.ofBuild",
      ItemSelector: {
        "version.$": "$.version",
        "platform.$": "$$.Map.Item.Value",
        "platforms.$": "$.platforms",
        "buildInput.$": "$.buildInput",
        ...beforeHere(steps, before),
        ...noResults(before),
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        ...nested(machine(steps, { ...scope, per: "platform", before: beforeWithin(steps, before) }, end)),
      },
      ResultPath: resultPath(name),
      Next: next,
    },
  });
}
