import { existsSync } from "node:fs";
import { createLocalAws } from "@muster/local";
import type { Stage } from "../stage.ts";
import { describeLocalStage, LOCAL_ACCOUNT, LOCAL_REGION } from "./describe-local-stage.ts";
import type { LocalPlace } from "./local-place.ts";
import { readerClients } from "./reader-clients.ts";
import { stageInFolder } from "./stage-in-folder.ts";

/** Reads what lies in the folder; nothing moves, and nothing is written there. */
export async function viewStage(place: LocalPlace): Promise<Stage> {
  const { dir, loaded, options } = place;
  const aws = createLocalAws({
    ...(existsSync(dir) && { dir, resume: false }),
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    onDamaged: (name, reason) => options.print.error({ message: `${name} cannot be read: ${reason}`, hint: undefined }),
  });
  const clients = readerClients(aws.clientConfig());
  const description = describeLocalStage(loaded.pipeline, { dir });
  return {
    ...stageInFolder(place, description, clients),
    movedBy: "nobody",
    close: () => aws.close(),
  };
}
