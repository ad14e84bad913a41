import {
  type Activity,
  type Approval,
  type BuildVersion,
  fixedState,
  mapState,
  type Outline,
  type OutlineStep,
  outline,
  type Pipeline,
  type Place,
  type PlatformsOfVersion,
  partsOfBuild,
  type Task,
  taskAt,
  unreachable,
  type Version,
} from "@muster/pipeline";

/** Where in a build's way something stands: positions in sequences, and branches of parallels or items of maps, taking turns. */
export type Path = readonly number[];

interface Placed {
  readonly path: Path;
  readonly place: Place;
}

/** A task that the build comes to. */
export interface TaskNode extends Placed {
  readonly kind: "task";
  readonly task: Task;
  /** Results of what has failed before it, by the plan. */
  readonly before: readonly unknown[];
}

/** A step of which nobody can say for what it has tasks: it follows a lookup that failed. */
export interface BlindNode extends Placed {
  readonly kind: "blind";
  readonly activity: Activity;
}

/** A person who may be asked. */
export interface ApprovalNode extends Placed {
  readonly kind: "approval";
  readonly approval: Approval;
}

export type PlanNode = TaskNode | BlindNode | ApprovalNode;

/** A version with its platforms, or with why these are not known. */
export type LookedUpVersion = BuildVersion | { readonly version: Version; readonly problem: string };

export const isLookedUp = (version: LookedUpVersion): version is BuildVersion => !("problem" in version);

const NO_PLATFORMS: PlatformsOfVersion = { platforms: [], buildPlatforms: [] };

/** Why nothing is said of a step: what could not be looked up says the rest. */
export const PLATFORMS_UNKNOWN = "its platforms are not known";

/** All that a build comes to, in the order of its flow; a step has the platforms of its version where the state machine has looked them up. */
export function planNodes(pipeline: Pick<Pipeline, "flow">, versions: readonly LookedUpVersion[]): PlanNode[] {
  const { before, forVersion, after } = partsOfBuild(pipeline.flow);
  const named = versions.map(({ version }) => version);
  const build = { place: { per: "build" }, versions: named, failed: [], known: NO_PLATFORMS } as const;
  const opening = outline(before);
  const steps = outline(forVersion);
  return [
    ...nodesOf(opening, [], build),
    ...versions.flatMap((version, index) =>
      nodesOf(steps, [opening.length, index], {
        ...build,
        place: { per: "version", version: version.version },
        found: version,
      }),
    ),
    ...nodesOf(outline(after), [], afterVersions(build, needsPlatforms(pipeline) ? versions : []), opening.length + 1),
  ];
}

/** Whether a build asks for the platforms of its versions: for a forEachPlatform, or where a person is asked. */
export function needsPlatforms({ flow }: Pick<Pipeline, "flow">): boolean {
  const hasMap = (steps: Outline): boolean =>
    steps.some((step) => {
      if (step.kind === "parallel") return step.branches.some((branch) => hasMap(branch.steps));
      return step.kind === "getPlatforms" || step.kind === "approval";
    });
  const { before, forVersion } = partsOfBuild(flow);
  return [before, forVersion].some((part) => hasMap(outline(part)));
}

/** Versions whose platforms nobody knows fail; where that is all of them, nothing can be said of what comes after. */
function afterVersions(build: Here, versions: readonly LookedUpVersion[]): Here {
  const failed = versions.flatMap((version) => (isLookedUp(version) ? [] : [version]));
  if (failed.length === 0) return build;
  const [first] = failed;
  const known = failed.length === versions.length && first !== undefined ? first.problem : build.known;
  return { ...build, known, failed };
}

/** As the state machine hands it on. */
function failedLookups(failed: readonly LookedUpVersion[]): readonly unknown[] {
  if (failed.length === 0) return [];
  const results = { [fixedState.getPlatformsForVersion]: { failure: {} } };
  return [{ [mapState.version]: failed.map(({ version }) => ({ version, results })) }];
}

interface Here {
  readonly place: Place;
  readonly versions: readonly Version[];
  /** Those of them of which a lookup has failed before. */
  readonly failed: readonly LookedUpVersion[];
  /** What the steps here are told, or why nobody can tell. */
  readonly known: PlatformsOfVersion | string;
  /** What GetPlatformsForVersion answers here. */
  readonly found?: LookedUpVersion;
}

function nodesOf(steps: Outline, path: Path, start: Here, first = 0): PlanNode[] {
  let here = start;
  return steps.flatMap((step, index) => {
    if (step.kind !== "getPlatforms") return stepNodes(step, [...path, first + index], here);
    if (here.found !== undefined) here = { ...here, known: isLookedUp(here.found) ? here.found : here.found.problem };
    return [];
  });
}

function stepNodes(step: Exclude<OutlineStep, { kind: "getPlatforms" }>, path: Path, here: Here): PlanNode[] {
  const { place, versions, failed, known } = here;
  switch (step.kind) {
    case "approval":
      return [{ kind: "approval", path, place, approval: step }];
    case "activity": {
      if (typeof known === "string") return [{ kind: "blind", path, place, activity: step }];
      const { platforms, buildPlatforms } = known;
      const failedVersions = failed.map(({ version }) => version);
      const task = taskAt(step, place, { platforms, buildPlatforms, versions, failedVersions });
      return [{ kind: "task", path, place, task, before: failedLookups(failed) }];
    }
    case "parallel":
      return step.branches.flatMap((branch, index) => nodesOf(branch.steps, [...path, index], here));
    case "forEachPlatform": {
      if (typeof known === "string" || place.per !== "version") return nodesOf(step.steps, [...path, 0], here);
      return known.buildPlatforms.flatMap((platform, index) =>
        nodesOf(step.steps, [...path, index], { ...here, place: { ...place, per: "platform", platform } }),
      );
    }
    default:
      return unreachable(step);
  }
}

/** How two places of a build's way follow each other. */
export function orderOf(one: Path, other: Path): "before" | "after" | "beside" {
  const at = one.findIndex((position, index) => position !== other[index]);
  if (at % 2 !== 0) return "beside";
  return (one[at] as number) < (other[at] as number) ? "before" : "after";
}

/** Whether what stands there follows an approval in its branch, platform, version or build, and so waits for it. */
export const isGuardedBy = ({ path: asked }: ApprovalNode, { path }: PlanNode): boolean =>
  asked.slice(0, -1).every((position, index) => position === path[index]) && orderOf(asked, path) === "before";

/** The name of a node's step. */
export function stepOf(node: PlanNode): string {
  switch (node.kind) {
    case "task":
      return node.task.activity.name;
    case "blind":
      return node.activity.name;
    case "approval":
      return node.approval.name;
    default:
      return unreachable(node);
  }
}
