import { positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "stop",
  summary: "End a build; its workers end their scripts at their next heartbeat",
  args: { build: positional("The build's name, or the beginning of it") },
  run: async (values, context) => (await import("../history/stop-build.ts")).stopBuild(values, context),
});
