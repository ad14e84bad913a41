import { type Frame, Phase } from "./frame.ts";

/** What an execution that was read back must do for one of its frames, so that the frame goes on where it stands. */
export interface FrameNeeds {
  readonly step: boolean;
  readonly timer: boolean;
  /** Its function is to be called, or its task offered to workers, once more: nobody knows how far that had come. */
  readonly dispatch: boolean;
}

const NOTHING: FrameNeeds = { step: false, timer: false, dispatch: false };

export function needsOf(frame: Frame): FrameNeeds {
  // A call that is under way already was made since the execution was read back.
  if (!isReachable(frame) || frame.abortCall !== undefined) return NOTHING;
  const { phase, task, submitted } = frame;
  if (phase === Phase.Waiting || phase === Phase.Backoff) return { ...NOTHING, timer: true };
  const waitsOutside = phase === Phase.Started || (phase === Phase.Scheduled && task?.resource.kind === "activity");
  if (!waitsOutside) return { ...NOTHING, step: true };
  return { ...NOTHING, timer: true, dispatch: !submitted };
}

/** A frame below one that failed is about to be aborted; it does nothing more. */
function isReachable(frame: Frame): boolean {
  for (let parent = frame.parent; parent !== undefined; parent = parent.parent) {
    if (parent.phase !== Phase.Forked) return false;
  }
  return frame.phase !== Phase.Closed;
}
