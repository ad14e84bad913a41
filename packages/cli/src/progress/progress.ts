import type { BuildHistory } from "../history/build-history.ts";
import type { Step } from "../history/step.ts";

/** Shows a build while it runs. */
export interface Progress {
  /** `changed` are the steps that are not as they were at the last call. */
  update(build: BuildHistory, changed: readonly Step[]): void;
  /** Leaves the terminal as a report may follow; the next update shows the build again. */
  close(): void;
}

/** Steps whose success nobody waits for: they are shown when they fail or are tried again. */
export function isBookkeeping({ kind, name }: Step): boolean {
  return kind === "function" && name !== "UpdateIndices" && name !== "InvalidateCloudFront";
}

/** It fails to fail the build, with what the failed steps have said themselves. */
export const isVerdict = ({ name }: Step): boolean => name === "CheckForFailures";
