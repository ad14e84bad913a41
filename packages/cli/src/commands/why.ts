import { option, positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "why",
  summary: "Say why a task is where it is: skipped, waiting, tried again, failed, never come to",
  args: {
    task: positional("A task's name, as status and failures show it, or the id of the worker that had it"),
    build: option("name", "The build that the task belongs to (default: the latest that has it)"),
  },
  examples: ["why MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic", "why ApproveRelease-1.2.3 --build 1.2.3_alice"],
  run: async (values, context) => (await import("../why/show-why.ts")).showWhy(values, context),
});
