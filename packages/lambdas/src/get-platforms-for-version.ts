import {
  fixedState,
  type GetPlatformsAnswer,
  GetPlatformsEvent,
  MOST_TASKS_OF_ONE_HISTORY,
  sizeOfMatrix,
} from "@muster/pipeline";
import { platformsOfVersion } from "./deciding/platforms-of-version.ts";
import { handler } from "./handler.ts";

/** The platforms of one version, and those of them that the build makes, in the order of the pipeline's list. */
export const getPlatformsForVersion = handler(
  fixedState.getPlatformsForVersion,
  { input: GetPlatformsEvent, uses: ["s3"] },
  async ({ version, buildInput, answer }, { pipeline, clients }): Promise<GetPlatformsAnswer> => {
    const { platforms, buildPlatforms } = await platformsOfVersion(pipeline, version, {
      build: buildInput,
      s3: clients.s3,
    });
    if (answer !== "both") return [...buildPlatforms];
    const size = { versions: buildInput.versions.length, platforms: buildPlatforms.length };
    const isLarge = sizeOfMatrix(pipeline, size) > MOST_TASKS_OF_ONE_HISTORY;
    return { all: [...platforms], ofBuild: [...buildPlatforms], ...(isLarge && { distributed: true }) };
  },
);
