import { fixedState, mapState, outline, type Pipeline, partsOfBuild } from "@muster/pipeline";
import { beforeOf } from "../before.ts";
import { type Fragment, fragment, nested, prepend } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { resultPath, type Scope } from "../scope.ts";
import { checkForFailures } from "./check-for-failures.ts";
import { endHealthCheck } from "./end-health-check.ts";
import { forEachVersion } from "./for-each-version.ts";
import { healthCheck } from "./health-check.ts";
import { machine } from "./machine.ts";
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

function mainBranch({ flow, activities }: Pipeline, resources: Resources): Fragment {
  const end = checkForFailures(resources);
  const changes = prepend(publishChanges(resources, { next: end.startAt, failed: end.startAt }), end);
  const wakeUp = prepend(endHealthCheck(resources, changes.startAt), changes);
  const { before, forVersion, after } = partsOfBuild(flow);
  const opening = outline(before);
  const scope = (here: boolean): Scope => ({
    resources,
    per: "build",
    platforms: false,
    before: beforeOf(activities, { here, around: false }),
  });
  const afterVersions = { ...scope(true), versionResults: resultPath(mapState.version) };
  const last = machine(outline(after), afterVersions, wakeUp);
  const versions = prepend(forEachVersion(forVersion, scope(opening.length > 0), last.startAt), last);
  return machine(opening, scope(false), versions, wakeUp.startAt);
}
