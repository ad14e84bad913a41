import { flag } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "asl",
  summary: "Print the state machine in Amazon States Language",
  args: { graph: flag("As a picture in Mermaid's language, which GitHub and many editors draw") },
  examples: ["asl", "asl --graph >machine.mmd"],
  run: async (values, context) => (await import("../show-state-machine.ts")).showStateMachine(values, context),
});
