import { flag, optional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "status",
  summary: "Show a build: finished and unfinished tasks, times, failures",
  args: {
    build: optional("The build's name, or the beginning of it (default: the latest)"),
    follow: flag("-f", "Until it ends"),
    list: flag("-l", "The last ten builds"),
  },
  examples: ["status", "status 4.28.2_root --follow", "status --list"],
  run: async (values, context) => (await import("../history/show-status.ts")).showStatus(values, context),
});
