import { tellAgainWords } from "../notifications/untold-words.ts";
import type { AuditedStage, Inventory } from "./inventory.ts";
import { type Orphan, orphan } from "./orphan.ts";

/** Ends of builds that somebody waits to hear of. */
export const orphanEnds = ({ now, untold }: Inventory, { muster }: AuditedStage): Orphan[] =>
  (untold ?? []).map(({ build, target, problem, endedAt }) =>
    orphan(now, {
      kind: "end that was not told",
      name: build,
      build,
      since: endedAt,
      says: `has ended, and ${target} was not told: ${problem}`,
      next: [muster(...tellAgainWords(build, [{ target }]))],
    }),
  );
