import type { Catcher, States } from "./amazon-states-language.ts";

/** Consecutive states, and the one that they start with. */
export interface Fragment {
  readonly startAt: string;
  readonly states: States;
}

/** Where a step goes on: to what follows it, or, when it failed, to the end of its nested machine. */
export interface Links {
  readonly next: string;
  readonly failed: string;
}

export function fragment(startAt: string, states: States): Fragment {
  return { startAt, states };
}

/** `first`, which links to `rest`, and `rest`. */
export function prepend(first: Fragment, rest: Fragment): Fragment {
  return { startAt: first.startAt, states: { ...first.states, ...rest.states } };
}

/** The nested machine that a fragment is. */
export const nested = ({ startAt, states }: Fragment): { StartAt: string; States: States } => ({
  StartAt: startAt,
  States: states,
});

/** Every error but those that no state machine can catch; it goes to `path`, or is dropped. */
export const catchAll = (path: string | null, next: string): readonly Catcher[] => [
  { ErrorEquals: ["States.ALL"], ResultPath: path, Next: next },
];
