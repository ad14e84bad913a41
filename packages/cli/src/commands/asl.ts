import { command } from "../command.ts";

export default command({
  name: "asl",
  summary: "Print the state machine in Amazon States Language",
  args: {},
  run: async (_values, context) => (await import("../show-state-machine.ts")).showStateMachine(context),
});
