import { drawStateMachine, formatStateMachine, renderStateMachine } from "@muster/asl";
import type { ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { stageResources } from "./stages/stage-resources.ts";

/** Prints the state machine that builds of the stage run. */
export async function showStateMachine(
  { graph }: { graph: boolean },
  { openStage, print, globals }: Context,
): Promise<ExitCode> {
  const stage = await openStage({ to: "read" });
  const definition = renderStateMachine(stage.pipeline, stageResources(stage.description));
  if (graph) print.report(drawStateMachine(definition));
  else if (globals.json) print.json(definition);
  else print.report(formatStateMachine(definition, { colour: print.style("bold", "x") !== "x" }));
  return 0;
}
