import { flag, option, positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "logs",
  summary: "Print the log of one task, of all workers that had it, or the whole log of a worker",
  args: {
    task: positional("A task's name, as status and failures show it, or an instance id"),
    follow: flag("-f", "Until the task ends"),
    build: option("name", "The build that the task belongs to (default: the latest that has it)"),
  },
  examples: ["logs MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic", "logs i-0123456789abcdef0"],
  run: async (values, context) => (await import("../logs/show-logs.ts")).showLogs(values, context),
});
