import type { Clock } from "../clock.ts";
import { type FaultKind, faultKinds } from "./fault-kinds.ts";
import type { FaultPlan, FaultRate, InjectedFault } from "./fault-plan.ts";
import { numbersOf } from "./numbers-of.ts";

/** What something may go wrong with: names that are the same in every run, not ids that were drawn. */
export interface Occasion {
  /** What rates name: an operation, a function, a kind of event, a launch template, an instance type. */
  readonly of: string;
  /** What else tells occasions apart: an object's key, an activity. */
  readonly about?: string | undefined;
  /** Which one it is, where several kinds of faults may come over one occasion; by default the next one of the kind. */
  readonly nth?: number;
}

/** Something goes wrong: its own numbers, which follow from its id. */
export interface Mishap {
  readonly id: string;
  /** Evenly spread. */
  between(least: number, most: number): number;
  /** Spread by orders of magnitude: as often from 1 to 10 as from 10 to 100. @param least above 0 */
  across(least: number, most: number): number;
  /** One of several: the same, whenever it is asked. */
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** Tells that it has happened, the first time that it is called. */
  happens(what: string): void;
}

/** Asked at each place where something may go wrong. */
export interface FaultSource {
  /** Whether it does, this time. */
  ask(kind: FaultKind, occasion: Occasion): Mishap | undefined;
  /**
   * Numbers an occasion that several kinds may come over: they share the number, so that one which hides the others, as a call that is
   * refused is not lost too, does not shift them.
   */
  number(what: string, occasion: Occasion): Required<Pick<Occasion, "nth">> & Occasion;
  /** Whether a spell of it is on, which lasts from `leastMs` up to an hour. */
  spell(kind: FaultKind, occasion: Occasion, leastMs: number): Mishap | undefined;
  /** When in the first day of this AWS it happens, in the order of time. */
  moments(kind: FaultKind, occasion: Occasion): readonly { readonly atMs: number; readonly mishap: Mishap }[];
}

interface Spell {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly mishap: Mishap;
}

const HOUR_MS = 3_600_000;
const HOURS_OF_DAY = 24;

/** Ids that AWS makes up differ where the world took another course. */
const MADE_UP_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b(i|lt|fleet)-[0-9a-f]{8,17}\b/g;

/** @throws RangeError for a plan that names no kind of fault, or a rate that is none */
export function createFaultSource(
  plan: FaultPlan,
  { clock, onFault = () => {} }: { clock: Clock; onFault?: ((fault: InjectedFault) => void) | undefined },
): FaultSource {
  checkRates(plan);
  const startMs = clock.now();
  const without = new Set(plan.without);
  const only = plan.only === undefined ? undefined : new Set(plan.only);
  const counts = new Map<string, number>();
  const spells = new Map<string, Spell | undefined>();

  const next = (name: string): number => {
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    return nth;
  };
  const draw = (kind: FaultKind, id: string, rate: number): Mishap | undefined => {
    const random = numbersOf(`${plan.seed}/${id}`);
    if (random() >= rate || without.has(id) || only?.has(id) === false) return undefined;
    return mishapOf(id, random, (what) => onFault({ id, kind, atMs: clock.now(), what }));
  };
  const spellOf = (kind: FaultKind, name: string, hour: number, rate: number, leastMs: number): Spell | undefined => {
    const id = `${name}#${hour}`;
    if (spells.has(id)) return spells.get(id);
    const mishap = draw(kind, id, rate);
    const fromMs = startMs + hour * HOUR_MS + (mishap?.between(0, HOUR_MS) ?? 0);
    const spell = mishap && { fromMs, untilMs: fromMs + mishap.between(leastMs, HOUR_MS), mishap };
    spells.set(id, spell);
    return spell;
  };

  return {
    ask(kind, occasion) {
      const rate = rateOf(plan.rates[kind], occasion.of);
      if (rate === 0) return undefined;
      const name = nameOf(kind, occasion);
      return draw(kind, `${name}#${occasion.nth ?? next(name)}`, rate);
    },
    number: (what, occasion) => ({ ...occasion, nth: next(nameOf(what, occasion)) }),
    spell(kind, occasion, leastMs) {
      const rate = rateOf(plan.rates[kind], occasion.of);
      if (rate === 0) return undefined;
      const nowMs = clock.now();
      const name = nameOf(kind, occasion);
      const hour = Math.floor((nowMs - startMs) / HOUR_MS);
      // One lasts an hour at most, so it began in this hour or in the one before.
      return [hour, hour - 1]
        .filter((began) => began >= 0)
        .map((began) => spellOf(kind, name, began, rate, leastMs))
        .find((spell) => spell !== undefined && spell.fromMs <= nowMs && nowMs < spell.untilMs)?.mishap;
    },
    moments(kind, occasion) {
      const rate = rateOf(plan.rates[kind], occasion.of);
      if (rate === 0) return [];
      return Array.from({ length: HOURS_OF_DAY }, (_, hour) => {
        const mishap = draw(kind, `${nameOf(kind, occasion)}#${hour}`, rate);
        return mishap && { atMs: startMs + hour * HOUR_MS + mishap.between(0, HOUR_MS), mishap };
      }).filter((moment) => moment !== undefined);
    },
  };
}

function mishapOf(id: string, random: () => number, tell: (what: string) => void): Mishap {
  let told = false;
  let chosen: number | undefined;
  return {
    id,
    between: (least, most) => least + random() * (most - least),
    across: (least, most) => least * (most / least) ** random(),
    pick(choices) {
      chosen ??= random();
      return choices[Math.floor(chosen * choices.length)] ?? choices[0];
    },
    happens(what) {
      if (told) return;
      told = true;
      tell(what);
    },
  };
}

const nameOf = (kind: string, { of, about }: Occasion): string =>
  `${kind}/${of}${about === undefined ? "" : ` ${about}`}`.replace(MADE_UP_ID, "*");

function rateOf(rate: FaultRate | undefined, of: string): number {
  if (rate === undefined || typeof rate === "number") return rate ?? 0;
  return Object.hasOwn(rate, of) ? (rate[of] ?? 0) : 0;
}

function checkRates({ rates }: FaultPlan): void {
  for (const [kind, rate] of Object.entries(rates) as [FaultKind, FaultRate | undefined][]) {
    if (!faultKinds.has(kind)) throw new RangeError(`"${kind}" is no kind of fault; faultKinds lists them`);
    const wrong = (typeof rate === "object" ? Object.values(rate) : [rate ?? 0]).find((one) => !(one >= 0 && one <= 1));
    if (wrong !== undefined) throw new RangeError(`the rate of ${kind} must be a number from 0 to 1, not ${wrong}`);
  }
}
