import { existsSync } from "node:fs";
import { viewLocalAws } from "@muster/local";
import { readerClients } from "../reader-clients.ts";
import type { Stage } from "../stage.ts";
import { describeLocalStage, LOCAL_ACCOUNT, LOCAL_REGION } from "./describe-local-stage.ts";
import type { LocalPlace } from "./local-place.ts";
import { reportDamage } from "./report-damage.ts";
import { stageInFolder } from "./stage-in-folder.ts";

/** Reads what lies in the folder; nothing moves, and nothing is written there. */
export async function viewStage(place: LocalPlace): Promise<Stage> {
  const { dir, loaded, options } = place;
  const damage = reportDamage(options.print, { machine: loaded.pipeline.name, verdict: "cannot be read" });
  const aws = viewLocalAws({
    ...(existsSync(dir) && { dir }),
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    onDamaged: damage.onDamaged,
  });
  const { close, ...clients } = readerClients(aws.clientConfig(), { forcePathStyle: true });
  const description = describeLocalStage(loaded.pipeline, { dir });
  return {
    ...stageInFolder(place, description, clients),
    damagedBuilds: damage.builds,
    movedBy: "nobody",
    async close() {
      await close();
      await aws.close();
    },
  };
}
