import { type Activity, DurationRecord, median, type Place } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import type { LaunchReading } from "../launching/launch-context.ts";
import { readOrSkip } from "../records/read-or-skip.ts";

/** How long things are expected to take, in seconds. */
export interface Durations {
  /** The median of what the stage has seen there, else of the activity anywhere, else what the definition says; undefined where nothing tells. */
  readonly of: (activity: Pick<Activity, "name" | "estimatedDuration">, place: Place) => number | undefined;
  /** From the launch of a machine until it takes a task. */
  readonly boot: number;
}

/** Of a stage that has seen none: a machine of EC2's, its packages and its agent. */
const USUAL_BOOT_SECONDS = 180;

/** What the stage's builds have left, in one read. */
export async function readDurations(reading: Pick<LaunchReading, "records" | "log">): Promise<Durations> {
  return durationsOf(await readOrSkip(stateKey.durations, DurationRecord, reading));
}

export function durationsOf(known: Pick<DurationRecord, "boots" | "tasks"> | undefined): Durations {
  return {
    of({ name, estimatedDuration }, place) {
      const ofActivity = known?.tasks[name] ?? {};
      const here = ofActivity[place.per === "platform" ? place.platform : ""];
      return median(here ?? Object.values(ofActivity).flat()) ?? estimatedDuration;
    },
    boot: median(known?.boots ?? []) ?? USUAL_BOOT_SECONDS,
  };
}
