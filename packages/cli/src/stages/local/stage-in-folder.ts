import { join } from "node:path";
import type { StageDescription } from "@muster/pipeline";
import type { Stage } from "../stage.ts";
import type { LocalPlace } from "./local-place.ts";

/** Between two looks at a build of this machine. */
const POLL_MS = 150;

/** What a local stage is, whoever moves its builds. */
export function stageInFolder(
  place: LocalPlace,
  description: StageDescription,
  clients: Pick<Stage, "sfn" | "s3" | "logs" | "ec2">,
): Omit<Stage, "movedBy" | "close"> {
  const { dir, loaded, options } = place;
  return {
    pipeline: loaded.pipeline,
    pipelineFolder: loaded.folder,
    description,
    ...clients,
    pollMs: POLL_MS,
    isBilled: false,
    caller: async () => options.env.user,
    pathOf: ({ bucket, key }) => join(dir, "s3", bucket, key),
    notify: async (request) =>
      (await import("./notify-here.ts")).notifyHere(request, place, { description, ...clients }),
    downloads: join(dir, "s3", description.buckets.downloads),
  };
}
