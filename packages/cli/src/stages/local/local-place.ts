import type { LoadedPipeline } from "../../load-pipeline.ts";
import type { StageOptions } from "../stage-options.ts";

/** Where the state of a pipeline's local stage lies. */
export interface LocalPlace {
  readonly dir: string;
  readonly loaded: LoadedPipeline;
  readonly options: StageOptions;
}
