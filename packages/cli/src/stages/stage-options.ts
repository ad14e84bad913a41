import type { Env } from "../env.ts";
import type { GlobalValues } from "../global-arguments.ts";
import type { LoadedPipeline } from "../load-pipeline.ts";
import type { Print } from "../print.ts";

/** What opening a stage takes from the command line and around it. */
export interface StageOptions {
  readonly env: Env;
  readonly globals: GlobalValues;
  readonly print: Print;
  /** @param nameOrFile where absent, the one that the working directory belongs to */
  loadPipeline(nameOrFile: string | undefined): Promise<LoadedPipeline>;
  /** The pipeline that was asked for; the stage's own where absent. */
  readonly pipeline: string | undefined;
}
