import type { Stage, StageNeeds } from "./stage.ts";
import type { StageOptions } from "./stage-options.ts";

/** The one place that tells this machine from AWS; the code of the other is not loaded. */
export async function openStage(needs: StageNeeds, options: StageOptions): Promise<Stage> {
  const name = options.globals.stage ?? options.env.stage ?? "local";
  if (name === "local") return (await import("./local.ts")).openLocalStage(needs, options);
  return (await import("./aws.ts")).openAwsStage(name, options);
}
