import { readUntold } from "../notifications/untold.ts";
import type { Stage } from "../stages/stage.ts";
import type { Builds, UntoldEnd } from "./inventory.ts";

/** Who has not heard of it for longer knows by now. */
const DAY_MS = 24 * 60 * 60_000;
/** Builds, of which each takes two requests and one for each record. */
const MOST_BUILDS = 10;

/** Whom nobody could tell of the builds that ended within a day; nothing is asked where the pipeline notifies nobody. */
export async function readUntoldEnds(stage: Stage, { latest }: Builds, now: Date): Promise<readonly UntoldEnd[]> {
  if ((stage.pipeline.notifies ?? []).length === 0) return [];
  const ended = latest
    .filter((build) => build.endedAt !== undefined && +now - +build.endedAt < DAY_MS)
    .slice(0, MOST_BUILDS);
  const untold = await Promise.all(
    ended.map(async (build) =>
      (await readUntold(stage, build, now)).map((each) => ({
        ...each,
        build: build.name,
        endedAt: build.endedAt as Date,
      })),
    ),
  );
  return untold.flat();
}
