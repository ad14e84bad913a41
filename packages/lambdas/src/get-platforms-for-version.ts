import {
  fixedState,
  type GetPlatformsAnswer,
  GetPlatformsEvent,
  MOST_TASKS_OF_ONE_HISTORY,
  type Platform,
  platformsAtOnce,
  policyOf,
  sizeOfMatrix,
  type Version,
} from "@muster/pipeline";
import { stateRecords } from "@muster/records";
import { platformsOfVersion } from "./deciding/platforms-of-version.ts";
import { durationsOf, readDurations } from "./durations/read-durations.ts";
import { type HandlerContext, handler } from "./handler.ts";

/** The platforms of one version, and those of them that the build makes, in the order in which it begins them: the list's, where the stage has no other. */
export const getPlatformsForVersion = handler(
  fixedState.getPlatformsForVersion,
  { input: GetPlatformsEvent, uses: ["s3"] },
  async ({ version, buildInput, answer }, context): Promise<GetPlatformsAnswer> => {
    const { pipeline, clients } = context;
    const { platforms, buildPlatforms: listed } = await platformsOfVersion(pipeline, version, {
      build: buildInput,
      s3: clients.s3,
    });
    const buildPlatforms = await inOrder(listed, version, context);
    if (answer !== "both") return [...buildPlatforms];
    const size = { versions: buildInput.versions.length, platforms: buildPlatforms.length };
    const isLarge = sizeOfMatrix(pipeline, size) > MOST_TASKS_OF_ONE_HISTORY;
    return {
      all: [...platforms],
      ofBuild: [...buildPlatforms],
      ...(isLarge && { distributed: true, atOnce: platformsAtOnce(size.versions) }),
    };
  },
);

/** The longest first, where the stage's policy says so, by what its steps took on each platform; what is known of none stays as it is listed. */
async function inOrder(
  listed: readonly Platform[],
  version: Version,
  { pipeline, stage, clients, log }: HandlerContext<"s3">,
): Promise<readonly Platform[]> {
  if (policyOf(stage).order === "as-listed") return listed;
  const durations = await readDurations({ records: stateRecords(clients.s3, stage.buckets.state), log }).catch(
    (error: unknown) => {
      log.warn("platforms are begun as listed", { reason: error instanceof Error ? error.message : String(error) });
      return durationsOf(undefined);
    },
  );
  return longestFirst(listed, (platform) => {
    const steps = pipeline.activities.filter(({ per }) => per === "platform");
    const seconds = steps.map((step) => durations.of(step, { per: "platform", version, platform }) ?? 0);
    return seconds.reduce((sum, each) => sum + each, 0);
  });
}

/** Those that take as long as each other stay in their order. */
const longestFirst = <T>(items: readonly T[], secondsOf: (item: T) => number): T[] =>
  items.toSorted((one, other) => secondsOf(other) - secondsOf(one));
