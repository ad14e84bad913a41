import type { Env } from "../env.ts";
import type { LoadedPipeline } from "../load-pipeline.ts";
import type { GlobalValues } from "../parse-command-line.ts";
import type { Print } from "../print.ts";
import { openAwsStage } from "./aws.ts";
import { openLocalStage } from "./local.ts";
import type { Stage, StageNeeds } from "./stage.ts";

export interface StageOptions {
  readonly env: Env;
  readonly globals: GlobalValues;
  readonly print: Print;
  loadPipeline(nameOrFile: string): Promise<LoadedPipeline>;
  /** The pipeline that was asked for; the stage's own where absent. */
  readonly pipeline: string | undefined;
}

/** The one place that tells this machine from AWS. */
export function openStage(needs: StageNeeds, options: StageOptions): Promise<Stage> {
  const name = options.globals.stage ?? options.env.stage ?? "local";
  return name === "local" ? openLocalStage(needs, options) : openAwsStage(name, options);
}
