import { createRateMeter } from "@muster/local";
import type { Invariant } from "./invariant.ts";

export const withinRates: Invariant = {
  name: "no call is one too many for AWS's rates",
  broken: ({ recorded }) => {
    let nowMs = 0;
    const meter = createRateMeter({ clock: { now: () => nowMs } });
    for (const call of recorded.calls) {
      nowMs = call.atMs;
      meter.note(call);
    }
    return meter
      .usage()
      .filter(({ refused }) => refused > 0)
      .map(({ service, name, refused }) => `${refused} calls of ${service} for ${name} were too many`);
  },
};
