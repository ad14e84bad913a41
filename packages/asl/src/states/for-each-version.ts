import { type Flow, fixedState } from "@muster/pipeline";
import { catchAll, type Fragment, fragment, nested, prepend } from "../fragment.ts";
import { outline } from "../outline.ts";
import type { Resources } from "../resources.ts";
import { failurePath, resultPath } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";
import { machine } from "./machine.ts";
import { resultsEnd } from "./results-end.ts";

const NAME = fixedState.forEachVersion;
const NORMALIZE = fixedState.versionNormalizeResults;
const END = fixedState.versionEnd;

/** A version's whole way, for each version of the build at once. */
export function forEachVersion(body: Flow, resources: Resources, next: string): Fragment {
  const end = prepend(versionNormalizeResults(resources), resultsEnd(END, { "version.$": "$.version" }));
  return fragment(NAME, {
    [NAME]: {
      Type: "Map",
      ItemsPath: "$.buildInput.versions",
      ItemSelector: { "version.$": "$$.Map.Item.Value", "buildInput.$": "$.buildInput" },
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        ...nested(machine(outline(body), { resources, per: "version", platforms: false }, end)),
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
