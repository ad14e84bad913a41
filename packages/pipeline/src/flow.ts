import type { Activity } from "./activity.ts";
import type { Approval } from "./approval.ts";
import { mapState, numberedMapStateName } from "./state-names.ts";

/**
 * One thing after the other. A failed step skips what follows it, up to the end of the branch, platform, version or
 * build that it is in: a sequence directly inside another is as if its steps stood there. A name of its own is for where
 * it is a branch.
 */
export interface Sequence {
  readonly kind: "sequence";
  readonly name: string | undefined;
  readonly steps: readonly Flow[];
}

/** All branches at once. */
export interface Parallel {
  readonly kind: "parallel";
  readonly name: string;
  readonly branches: readonly Flow[];
}

export interface ForEachPlatform {
  readonly kind: "forEachPlatform";
  readonly name: string;
  readonly body: Flow;
}

export interface ForEachVersion {
  readonly kind: "forEachVersion";
  readonly name: string;
  readonly body: Flow;
}

/** A build's way: what is done for each version, and what is done once before and after that. */
export type BuildFlow = ForEachVersion | Sequence;

/** A step of a flow, or several. */
export type Flow = Activity | Approval | Sequence | Parallel | ForEachPlatform | ForEachVersion;

/** Steps one after the other: `sequence(A, B)`, or `sequence("BuildAndPublish", A, B)` to name it where it is a branch. */
export function sequence(...parts: [string, ...Flow[]] | Flow[]): Sequence {
  const [first, ...rest] = parts;
  return typeof first === "string"
    ? { kind: "sequence", name: first, steps: rest as Flow[] }
    : { kind: "sequence", name: undefined, steps: parts as Flow[] };
}

/** Branches at once; its state is named after them: `PublishSourceTarballAndPublishDockerImages`, `BuildAndPublishLinuxAnd` for one alone. */
export function parallel(...branches: Flow[]): Parallel {
  const names = branches.map(branchName);
  return { kind: "parallel", name: names.length === 1 ? `${names[0]}And` : names.join("And"), branches };
}

/** Steps one after the other, for each platform of a version at once. */
export function forEachPlatform(...steps: Flow[]): ForEachPlatform {
  return { kind: "forEachPlatform", name: mapState.platform, body: only(steps) };
}

/** Steps one after the other, for each version of a build at once; a flow has it once. */
export function forEachVersion(...steps: Flow[]): ForEachVersion {
  return { kind: "forEachVersion", name: mapState.version, body: only(steps) };
}

/** What a branch is called in the names of states: its own name, or that of its first step. */
export function branchName(flow: Flow): string {
  if (flow?.kind !== "sequence" || flow.name !== undefined) return String(flow?.name ?? "");
  const first = flow.steps[0];
  return first === undefined ? "" : branchName(first);
}

/**
 * The flow with a name of its own for each forEachPlatform, in the order in which a build comes to them: `ForEachPlatform2` for the second.
 * @param settle what becomes of each activity and approval
 */
export function numberMaps<B extends BuildFlow>(
  flow: B,
  settle: (step: Activity | Approval) => Activity | Approval = (step) => step,
): B {
  let maps = 0;
  const number = <F extends Flow>(node: F): F => {
    switch (node.kind) {
      case "activity":
      case "approval":
        return settle(node) as F;
      case "sequence":
        return { ...node, steps: node.steps.map(number) };
      case "parallel":
        return { ...node, ...parallel(...node.branches.map(number)) };
      case "forEachPlatform":
        maps += 1;
        return { ...node, name: numberedMapStateName(node.name, maps), body: number(node.body) };
      default:
        return { ...node, body: number(node.body) };
    }
  };
  return number(flow);
}

/** The parts of a build's way; as sequences, which may be empty. */
export function partsOfBuild(flow: BuildFlow): { before: Sequence; forVersion: Flow; after: Sequence } {
  const parts = topLevel(flow);
  const at = parts.findIndex(({ kind }) => kind === "forEachVersion");
  const found = parts[at];
  if (found?.kind !== "forEachVersion") throw new TypeError("a build's flow has one forEachVersion");
  return { before: sequence(...parts.slice(0, at)), forVersion: found.body, after: sequence(...parts.slice(at + 1)) };
}

/** What a flow does one after the other: a sequence inside another is as if its steps stood there. */
export const topLevel = (flow: Flow): Flow[] => (flow.kind === "sequence" ? flow.steps.flatMap(topLevel) : [flow]);

/** The activities of a flow, in the order in which a build comes to them. */
export function activitiesOf(flow: Flow): Activity[] {
  switch (flow.kind) {
    case "activity":
      return [flow];
    case "approval":
      return [];
    case "sequence":
      return flow.steps.flatMap(activitiesOf);
    case "parallel":
      return flow.branches.flatMap(activitiesOf);
    default:
      return activitiesOf(flow.body);
  }
}

function only(steps: Flow[]): Flow {
  return steps.length === 1 ? (steps[0] as Flow) : sequence(...steps);
}
