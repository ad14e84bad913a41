import { command, optional } from "../command.ts";
import { showHelp } from "../show-help.ts";

export default command({
  name: "help",
  summary: "Show what there is, with the steps and platforms of the pipeline, or one command's options",
  args: { command: optional("A command's name") },
  run: ({ command: name }, context) => showHelp(name, context),
});
