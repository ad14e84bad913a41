import { formatStateMachine, renderStateMachine } from "@muster/asl";
import { command } from "../command.ts";
import { stageResources } from "../stages/stage-resources.ts";

export default command({
  name: "asl",
  summary: "Print the state machine in Amazon States Language",
  args: {},
  async run(_values, { openStage, print, globals }) {
    const stage = await openStage({ to: "read" });
    const definition = renderStateMachine(stage.pipeline, stageResources(stage.description));
    if (globals.json) print.json(definition);
    else print.report(formatStateMachine(definition, { colour: print.style("bold", "x") !== "x" }));
    return 0;
  },
});
