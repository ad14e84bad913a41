import { createLocalAws } from "@muster/local";
import type { Stage, StageNeeds } from "../stage.ts";
import { describeLocalStage, LOCAL_ACCOUNT, LOCAL_REGION } from "./describe-local-stage.ts";
import { clientsAtHand, localClients } from "./local-clients.ts";
import type { LocalPlace } from "./local-place.ts";
import { announceReady } from "./ready-file.ts";
import { reportDamage } from "./report-damage.ts";
import { createBuckets } from "./set-up-stage.ts";
import { stageInFolder } from "./stage-in-folder.ts";

/** Takes the folder and serves its objects to other processes. Builds that were interrupted there stay as they are. */
export async function serveStage(place: LocalPlace, { serves = "" }: StageNeeds): Promise<Stage> {
  const { dir, loaded, options } = place;
  const damage = reportDamage(options.print, {
    machine: loaded.pipeline.name,
    verdict: "is damaged and was set aside",
  });
  const aws = createLocalAws({ dir, region: LOCAL_REGION, accountId: LOCAL_ACCOUNT, onDamaged: damage.onDamaged });
  try {
    const { url } = await aws.listen();
    const clients = localClients(aws.clientConfig());
    const description = describeLocalStage(loaded.pipeline, { dir });
    await createBuckets(clients.s3, description);
    announceReady(dir, { pipeline: loaded.pipeline.name, serves });
    return {
      ...stageInFolder(place, description, clientsAtHand(clients)),
      damagedBuilds: damage.builds,
      movedBy: "nobody",
      url,
      close: () => aws.close(),
    };
  } catch (error) {
    await aws.close();
    throw error;
  }
}
