import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { InstanceMetadata } from "../machine/instance-metadata.ts";
import type { StopSwitch } from "./stop-worker.ts";

export interface SpotNoticeOptions {
  readonly metadata: InstanceMetadata;
  readonly stop: StopSwitch;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** Notices come two minutes ahead. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
const LOOK_MS = 5000;

/** Stops the worker when its spot instance is about to be taken away. */
export function watchForSpotNotice({ metadata, stop, clock, diagnostics }: SpotNoticeOptions): void {
  const look = async () => {
    try {
      const notice = await metadata.read("meta-data/spot/instance-action");
      if (notice !== undefined) return stop.stop({ why: `spot interruption: ${oneLine(notice)}` });
    } catch (error) {
      diagnostics.warn("the metadata service did not say whether this instance stays", { error });
    }
    if (!stop.signal.aborted) schedule();
  };
  let cancel = () => {};
  const schedule = () => {
    cancel = clock.at(clock.now() + LOOK_MS, () => void look());
  };
  stop.signal.addEventListener("abort", () => cancel(), { once: true });
  schedule();
}

const oneLine = (text: string): string => text.replaceAll(/["{}\s]+/g, " ").trim();
