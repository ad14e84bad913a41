import { existsSync } from "node:fs";
import { stateFolder } from "@muster/records";
import type { Stage } from "../stages/stage.ts";

/** Whether nothing can be said of who was told of builds' ends: nobody is to be, or it is this machine, where it is off and never was on. */
export function isNobodyTold({ pipeline, description, pathOf }: Pick<Stage, "pipeline" | "description" | "pathOf">) {
  if ((pipeline.notifies ?? []).length === 0) return true;
  const records = pathOf?.({ bucket: description.buckets.state, key: stateFolder.notifications });
  return description.notifies === undefined && records !== undefined && !existsSync(records);
}
