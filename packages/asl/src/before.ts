import type { Activity, Outline, OutlineStep } from "@muster/pipeline";
import type { PayloadTemplate } from "./amazon-states-language.ts";

/** What the data of a state holds of the results of what came before it, in pipelines of which a step goes by these. */
export interface Before {
  /** Some step runs always, so that others can be come to after a failure, and must be left out. */
  readonly always: boolean;
  /** `$.results` is there: of the same nested machine. */
  readonly here: boolean;
  /** `$.before` is there: of the machines around it. */
  readonly around: boolean;
}

/** @returns undefined where no activity goes by what came before it */
export function beforeOf(activities: readonly Activity[], known: Omit<Before, "always">): Before | undefined {
  const asked = activities.flatMap(({ runsWhen }) => runsWhen ?? []);
  return asked.length === 0 ? undefined : { ...known, always: asked.includes("always") };
}

/** What PrepareTo<A>, or a nested machine with activities that ask, is given. */
export function beforeHere(steps: Outline, before: Before | undefined): PayloadTemplate {
  if (before === undefined || !steps.some((step) => asks(step, before))) return {};
  if (before.here)
    return { "before.$": before.around ? "States.Array($.results, $.before)" : "States.Array($.results)" };
  return before.around ? { "before.$": "$.before" } : {};
}

/** A nested machine begins without results, and where its steps ask for them, with none. */
export const noResults = (before: Before | undefined): PayloadTemplate => (before === undefined ? {} : { results: {} });

/** Inside a nested machine that is given what is known here. */
export function beforeWithin(steps: Outline, before: Before | undefined): Before | undefined {
  return before && { ...before, here: true, around: Object.keys(beforeHere(steps, before)).length > 0 };
}

/** Whether a step, or one within it, is to run also where what came before it failed. */
export const runsAlways = (step: OutlineStep): boolean =>
  step.kind === "activity" ? step.runsWhen === "always" : stepsWithin(step).some(runsAlways);

function asks(step: OutlineStep, before: Before): boolean {
  // Nobody is to be asked for what a failure leaves out.
  if (step.kind === "approval") return true;
  if (step.kind !== "activity") return stepsWithin(step).some((inner) => asks(inner, before));
  return step.runsWhen === "predecessors-succeeded" || (step.runsWhen === undefined && before.always);
}

function stepsWithin(step: Exclude<OutlineStep, Activity>): Outline {
  switch (step.kind) {
    case "approval":
    case "getPlatforms":
      return [];
    case "parallel":
      return step.branches.flatMap(({ steps }) => steps);
    case "forEachPlatform":
      return step.steps;
  }
}
