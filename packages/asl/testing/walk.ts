import type { NestedMachine, State } from "../src/amazon-states-language.ts";

export interface Place {
  readonly name: string;
  readonly state: State;
  /** The states of its own nested machine: the only ones it may go to. */
  readonly machine: NestedMachine;
  /** Names of the states that it is nested in, outermost first. */
  readonly within: readonly string[];
}

/** Every state of a definition, outer ones first, in the order of their machines. */
export function walk(machine: NestedMachine, within: readonly string[] = []): Place[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    { name, state, machine, within },
    ...nestedMachines(state).flatMap((inner) => walk(inner, [...within, name])),
  ]);
}

export function nestedMachines(state: State): readonly NestedMachine[] {
  if (state.Type === "Parallel") return state.Branches;
  return state.Type === "Map" ? [state.ItemProcessor] : [];
}

/** Where a state goes when nothing fails; none for the last one of its machine. */
export function successors(state: State): string[] {
  if (state.Type === "Choice") return [...state.Choices.map(({ Next }) => Next), state.Default];
  return "Next" in state ? [state.Next] : [];
}

/** Where its catchers go. */
export function catchTargets(state: State): string[] {
  return "Catch" in state && state.Catch ? state.Catch.map(({ Next }) => Next) : [];
}
