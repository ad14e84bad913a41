import { flag, option, optional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "status",
  summary: "Show a build as a matrix: each task's state, time, worker and attempt; failures",
  args: {
    build: optional("The build's name, or the beginning of it (default: the latest)"),
    follow: flag("-f", "Until it ends"),
    list: flag("-l", "The last ten builds"),
    serve: flag("Show it to browsers of this machine, as it goes on, until Ctrl-C"),
    port: option("number", "With --serve: the port (default: a free one)"),
  },
  examples: ["status", "status 4.28.2_root --follow", "status --list", "status --serve"],
  run: async (values, context) => {
    if (values.serve) return (await import("../pages/serve-build.ts")).serveBuild(values, context);
    return (await import("../history/show-status.ts")).showStatus(values, context);
  },
});
