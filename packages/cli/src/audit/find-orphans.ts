import type { AuditedStage, Inventory } from "./inventory.ts";
import type { Orphan } from "./orphan.ts";
import { orphanBuilds } from "./orphan-builds.ts";
import { orphanEnds } from "./orphan-ends.ts";
import { orphanLeases } from "./orphan-leases.ts";
import { orphanMachines } from "./orphan-machines.ts";
import { orphanRecords } from "./orphan-records.ts";

/** All that is left over: what costs money first, then what others wait for. */
export const findOrphans = (inventory: Inventory, stage: AuditedStage): Orphan[] => [
  ...orphanMachines(inventory, stage),
  ...orphanBuilds(inventory, stage),
  ...orphanLeases(inventory, stage),
  ...orphanRecords(inventory, stage),
  ...orphanEnds(inventory, stage),
];
