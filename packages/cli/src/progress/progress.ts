import type { BuildHistory, Step } from "@muster/history";
import type { Pipeline } from "@muster/pipeline";
import type { Prospect } from "../status/watch-expected.ts";

/** What a build is shown with, beside its history. */
export interface Shown {
  readonly name: string;
  readonly flow: Pipeline["flow"];
  readonly prospect: Prospect;
}

/** Shows a build while it runs. */
export interface Progress {
  /** Whether it shows what is to be expected, which costs some requests. */
  readonly showsProspect?: boolean;
  /** `changed` are the steps that are not as they were at the last call. */
  update(build: BuildHistory, changed: readonly Step[], shown: Shown): void;
  /** Leaves the terminal as a report may follow; the next update shows the build again. @param keeps what was drawn last stays above that: of a build that has ended, its matrix */
  close(options?: { keeps: boolean }): void;
}
