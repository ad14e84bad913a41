import type { FaultKind } from "./fault-kinds.ts";

/**
 * What goes wrong, as data: the same plan and the same calls give the same faults.
 *
 * Each occasion has a name that says what it is about and how often that came before, `s3.lost/PutObject bucket/key#2`, and its draw follows
 * from the seed and that name alone. So no fault shifts the draws of others: one that is switched off leaves all others as they were, as far
 * as the world still comes to their occasions; and a higher rate adds faults to those of a lower one.
 */
export interface FaultPlan {
  readonly seed: string | number;
  readonly rates: FaultRates;
  /** How long Lambda lets each function run before it is stopped, in the middle of whatever it does; where absent, as long as it takes. */
  readonly functionSeconds?: (functionName: string) => number;
  /** Access key ids of those who watch: nothing happens to their calls. */
  readonly spares?: readonly string[];
  /** Ids of faults that do not happen although they are drawn. */
  readonly without?: Iterable<string>;
  /** Only these happen, of those that are drawn: a world that takes another course for want of one meets no others instead. */
  readonly only?: Iterable<string>;
}

/** How often, by kind. */
export type FaultRates = { readonly [kind in FaultKind]?: FaultRate };

/**
 * From 0 to 1: of occasions, or, for what lasts a while (`….down`, `machine.cut…`, `deployment`), in each hour. By name, it concerns these
 * operations, functions, kinds of events, launch templates or instance types alone.
 */
export type FaultRate = number | Readonly<Record<string, number>>;

/** A fault that happened. */
export interface InjectedFault {
  /** The same in every run of the same seed: what `without` and `only` name. */
  readonly id: string;
  readonly kind: FaultKind;
  readonly atMs: number;
  /** To whom or what, and how, for people. */
  readonly what: string;
}

/** How many faults of each kind happened, by kind in alphabetical order. */
export function countFaults(faults: Iterable<InjectedFault>): ReadonlyMap<FaultKind, number> {
  const counts = new Map<FaultKind, number>();
  for (const { kind } of faults) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
