import { existsSync } from "node:fs";
import { viewLocalAws } from "@muster/local";
import type { Stage } from "../stage.ts";
import { describeLocalStage, LOCAL_ACCOUNT, LOCAL_REGION } from "./describe-local-stage.ts";
import type { LocalPlace } from "./local-place.ts";
import { readerClients } from "./reader-clients.ts";
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
  const config = aws.clientConfig();
  const clients = readerClients(config);
  const description = describeLocalStage(loaded.pipeline, { dir });
  return {
    ...stageInFolder(place, description, clients),
    ec2: async () => new (await import("@aws-sdk/client-ec2")).EC2Client(config),
    damagedBuilds: damage.builds,
    movedBy: "nobody",
    close: () => aws.close(),
  };
}
