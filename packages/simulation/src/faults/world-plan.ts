import type { FaultKind, FaultPlan, InjectedFault } from "@muster/local";
import { type Seeded, seeded } from "../world/seeded.ts";

/** What goes wrong in a world besides AWS: with agents, with scripts, with people. */
export const worldFaultKinds = {
  "agent.dies": "its process is killed in the middle of whatever it does, and systemd starts another one",
  "script.fails": "ends with 1, whatever it has done by then",
  "script.hangs": "goes on for ever, and prints nothing more",
  "script.floods": "prints thousands of lines at once",
  "people.build": "somebody starts another build beside the one that runs, of the same versions or of others",
  "people.stop": "somebody stops a build",
} as const;
export type WorldFaultKind = keyof typeof worldFaultKinds;

/** What goes wrong in a world, as data. Ids of both kinds are one space: `without` and `only` name either. */
export interface WorldPlan extends FaultPlan {
  /** From 0 to 1: of agents, of runs of scripts, of builds. */
  readonly worldRates?: Readonly<Partial<Record<WorldFaultKind, number>>>;
}

export type WorldFault = Omit<InjectedFault, "kind"> & { readonly kind: FaultKind | WorldFaultKind };

/** A fault of a world, with numbers of its own that follow from its id. */
export interface WorldMishap {
  readonly random: Seeded;
  /** Tells that it has happened. */
  happens(what: string): void;
}

/** Asked wherever something may go wrong. @param of names what it is about, the same in every run */
export type AskWorld = (kind: WorldFaultKind, of: string) => WorldMishap | undefined;

/** Draws by names, as AWS's own faults are drawn: each draw follows from the seed and what the occasion is called. */
export function askWorld(
  { seed, worldRates = {}, without, only }: WorldPlan,
  { now, onFault }: { now: () => number; onFault: (fault: WorldFault) => void },
): AskWorld {
  const counts = new Map<string, number>();
  const left = new Set(without);
  const alone = only === undefined ? undefined : new Set(only);
  return (kind, of) => {
    const name = `${kind}/${of}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const id = `${name}#${count}`;
    const random = seeded(`${seed}/${id}`);
    if (!random.happens(worldRates[kind] ?? 0) || left.has(id) || alone?.has(id) === false) return undefined;
    return { random, happens: (what) => onFault({ id, kind, atMs: now(), what }) };
  };
}
