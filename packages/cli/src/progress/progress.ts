import type { BuildHistory, Step } from "@muster/history";

/** Shows a build while it runs. */
export interface Progress {
  /** `changed` are the steps that are not as they were at the last call. */
  update(build: BuildHistory, changed: readonly Step[]): void;
  /** Leaves the terminal as a report may follow; the next update shows the build again. */
  close(): void;
}
