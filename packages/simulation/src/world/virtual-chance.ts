import { type LocalAws, sleepUntil } from "@muster/local";
import type { Chance } from "@muster/records";
import type { Seeded } from "./seeded.ts";

/** Chance as a seed decides it, and pauses that a virtual clock ends. */
export function virtualChance({ clock, park }: Pick<LocalAws, "clock" | "park">, random: Seeded): Chance {
  return {
    fraction: random.fraction,
    uuid: random.uuid,
    // Clocks of machines count whole milliseconds.
    pause: (ms) => park(() => sleepUntil(clock, clock.now() + Math.ceil(ms))),
    abortAfter(ms) {
      const controller = new AbortController();
      const late = () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      clock.at(clock.now() + ms, late);
      return controller.signal;
    },
  };
}
