import type { Activity } from "./activity.ts";
import type { Approval } from "./approval.ts";
import { type Flow, topLevel } from "./flow.ts";
import { type Place, placeWords } from "./place.ts";
import { unreachable } from "./unreachable.ts";

/** A part of a flow that comes before a step. */
export interface Preceding {
  readonly part: Flow;
  /** Where both are: the step at a place comes after what the part does at places that share this much of it. */
  readonly within: Place["per"];
}

/**
 * What comes before a step in its branch, and in all that its branch is in, in the order in which a build comes to it. Undefined where the flow has no
 * step of that name. A step that is itself a part leaves out what follows it when it fails; those inside of parallels and maps do not.
 */
export function precedingOf(
  flow: Flow,
  step: string,
  within: Place["per"] = "build",
): readonly Preceding[] | undefined {
  const parts = topLevel(flow);
  for (const [index, part] of parts.entries()) {
    const inner = isStep(part) ? (part.name === step ? [] : undefined) : precedingInside(part, step, within);
    if (inner !== undefined) return [...parts.slice(0, index).map((each) => ({ part: each, within })), ...inner];
  }
  return undefined;
}

function precedingInside(part: Flow, step: string, within: Place["per"]): readonly Preceding[] | undefined {
  switch (part.kind) {
    case "activity":
    case "approval":
    case "sequence":
      return undefined;
    case "parallel":
      return firstOf(part.branches, (branch) => precedingOf(branch, step, within));
    case "forEachPlatform":
      return precedingOf(part.body, step, "platform");
    case "forEachVersion":
      return precedingOf(part.body, step, "version");
    default:
      return unreachable(part);
  }
}

function firstOf<T, U>(items: readonly T[], find: (item: T) => U | undefined): U | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isStep = (flow: Flow): flow is Activity | Approval => flow.kind === "activity" || flow.kind === "approval";

/** The activities and approvals of a flow, in the order in which a build comes to them. */
export function stepsOf(flow: Flow): (Activity | Approval)[] {
  switch (flow.kind) {
    case "activity":
    case "approval":
      return [flow];
    case "sequence":
      return flow.steps.flatMap(stepsOf);
    case "parallel":
      return flow.branches.flatMap(stepsOf);
    case "forEachPlatform":
    case "forEachVersion":
      return stepsOf(flow.body);
    default:
      return unreachable(flow);
  }
}

/** Whether two places share what a place of this kind is named by. */
export function sharePlace(one: Place, other: Place, within: Place["per"]): boolean {
  const shared = { build: 0, version: 1, platform: 2 }[within];
  const [words, others] = [placeWords(one), placeWords(other)];
  return words.slice(0, shared).every((word, index) => others[index] === word) && others.length >= shared;
}
