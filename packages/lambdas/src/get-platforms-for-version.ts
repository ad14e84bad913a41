import { fixedState, GetPlatformsEvent } from "@muster/pipeline";
import { platformsOfVersion } from "./deciding/platforms-of-version.ts";
import { handler } from "./handler.ts";

/** The platforms that a build makes of one version, in the order of the pipeline's list. */
export const getPlatformsForVersion = handler(
  fixedState.getPlatformsForVersion,
  { input: GetPlatformsEvent, uses: ["s3"] },
  ({ version, buildInput }, { pipeline, clients }) =>
    platformsOfVersion(pipeline, version, { build: buildInput, s3: clients.s3 }),
);
