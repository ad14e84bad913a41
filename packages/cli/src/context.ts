import type { Env } from "./env.ts";
import type { GlobalValues } from "./global-arguments.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import type { Print } from "./print.ts";
import type { Stage, StageNeeds } from "./stages/stage.ts";

/** What a command works with. */
export interface Context {
  readonly env: Env;
  readonly globals: GlobalValues;
  readonly print: Print;
  /** Aborted by Ctrl-C, SIGTERM or a closed terminal. */
  readonly signal: AbortSignal;
  /** The pipeline that `--pipeline` names, or that the working directory belongs to. */
  loadPipeline(): Promise<LoadedPipeline>;
  /** The same of this machine; of a deployment on AWS, the pipeline that it was deployed with. */
  loadStagePipeline(): Promise<LoadedPipeline>;
  /** The same with other global options. */
  withGlobals(globals: GlobalValues): Context;
  /** The stage that `--stage` names; it is closed when the command has ended. */
  openStage(needs: StageNeeds): Promise<Stage>;
}
