import { fixedState, type Pipeline } from "@muster/pipeline";
import { type Fragment, fragment, nested, prepend } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { checkForFailures } from "./check-for-failures.ts";
import { endHealthCheck } from "./end-health-check.ts";
import { forEachVersion } from "./for-each-version.ts";
import { healthCheck } from "./health-check.ts";
import { publishChanges } from "./publish-changes.ts";

/** The build beside its health check; the execution's output is the build's. */
export function root(pipeline: Pipeline, resources: Resources): Fragment {
  return fragment(fixedState.root, {
    [fixedState.root]: {
      Type: "Parallel",
      Branches: [nested(mainBranch(pipeline, resources)), nested(healthCheck(resources))],
      OutputPath: "$[0]",
      End: true,
    },
  });
}

function mainBranch({ flow }: Pipeline, resources: Resources): Fragment {
  const end = checkForFailures(resources);
  const changes = prepend(publishChanges(resources, { next: end.startAt, failed: end.startAt }), end);
  const wakeUp = prepend(endHealthCheck(resources, changes.startAt), changes);
  return prepend(forEachVersion(flow.body, resources, wakeUp.startAt), wakeUp);
}
