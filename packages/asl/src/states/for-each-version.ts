import { type Flow, fixedState, outline } from "@muster/pipeline";
import { beforeHere, beforeWithin, noResults } from "../before.ts";
import { catchAll, type Fragment, fragment, nested, prepend } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { failurePath, resultPath, type Scope } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";
import { machine } from "./machine.ts";
import { resultsEnd } from "./results-end.ts";

const NAME = fixedState.forEachVersion;
const NORMALIZE = fixedState.versionNormalizeResults;
const END = fixedState.versionEnd;
const NO_PLATFORMS: Readonly<Record<"all" | "ofBuild", readonly string[]>> = { all: [], ofBuild: [] };

/** A version's whole way, for each version of the build at once. */
export function forEachVersion(
  body: Flow,
  { resources, before }: Pick<Scope, "resources" | "before">,
  next: string,
): Fragment {
  const steps = outline(body);
  // A step that runs always may be come to without GetPlatformsForVersion.
  const platforms = before?.always ?? false;
  const scope: Scope = { resources, per: "version", platforms, before: beforeWithin(steps, before) };
  const end = prepend(versionNormalizeResults(resources), resultsEnd(END, { "version.$": "$.version" }));
  return fragment(NAME, {
    [NAME]: {
      Type: "Map",
      ItemsPath: "$.buildInput.versions",
      ItemSelector: {
        "version.$": "$$.Map.Item.Value",
        "buildInput.$": "$.buildInput",
        ...(platforms && { platforms: NO_PLATFORMS }),
        ...beforeHere(steps, before),
        ...noResults(before),
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        ...nested(machine(steps, scope, end)),
      },
      ResultPath: resultPath(NAME),
      Next: next,
    },
  });
}

/** Here already, and not only at the end, because the versions' results share 256 KiB. */
function versionNormalizeResults(resources: Resources): Fragment {
  return fragment(NORMALIZE, {
    [NORMALIZE]: lambdaTask(resources, fixedState.normalizeResults, {
      Parameters: { "results.$": "$.results" },
      ResultPath: "$.results",
      Catch: catchAll(failurePath(NORMALIZE), END),
      Next: END,
    }),
  });
}
