import { shouldDistributeStateName } from "@muster/pipeline";
import { type Fragment, fragment, type Links, nested, prepend } from "../fragment.ts";
import { resultPath, type Scope } from "../scope.ts";
import { distributedForEachPlatform } from "./distributed-for-each-platform.ts";
import { type ForEachPlatform, itemOf, processor } from "./platform-items.ts";

/** The same steps for each of the version's platforms; one that fails stops no other. In a large build each has an execution of its own. */
export function forEachPlatform(each: ForEachPlatform, scope: Scope, links: Links): Fragment {
  const inline = inlineForEachPlatform(each, scope, links);
  const { mapRuns } = scope.resources;
  if (mapRuns === undefined) return inline;
  const distributed = distributedForEachPlatform(each, { ...scope, mapRuns }, links);
  const should = shouldDistributeStateName(each.name);
  const choice = fragment(should, {
    [should]: {
      Type: "Choice",
      Choices: [
        {
          And: [
            { Variable: "$.platforms.distributed", IsPresent: true },
            { Variable: "$.platforms.distributed", BooleanEquals: true },
          ],
          Next: distributed.startAt,
        },
      ],
      Default: inline.startAt,
    },
  });
  return prepend(choice, prepend(inline, distributed));
}

function inlineForEachPlatform({ name, steps }: ForEachPlatform, scope: Scope, { next }: Links): Fragment {
  return fragment(name, {
    [name]: {
      Type: "Map",
      ItemsPath: "$.platforms.ofBuild",
      ItemSelector: itemOf(steps, scope),
      ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...nested(processor({ name, steps }, scope)) },
      ResultPath: resultPath(name),
      Next: next,
    },
  });
}
