import type { SeedRun } from "../run-seed.ts";

/** Something that must hold in every world, whatever goes wrong in it. */
export interface Invariant {
  readonly name: string;
  /** What breaks it, one line each; nothing where it holds. */
  readonly broken: (run: SeedRun) => readonly string[];
}
