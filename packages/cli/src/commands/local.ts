import { list, option } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "local",
  summary:
    "Keep the local stage's AWS endpoint up, for other clients and for builds with --no-follow; show builds to browsers",
  args: {
    port: option("number", "The endpoint's port (default: 4566)"),
    pagesPort: option("number", "The port where builds are shown to browsers (default: a free one)"),
    allowHost: list("name", "Answer requests to this name too, beside localhost; once for each name"),
    timeScale: option("number", "Divide the waits that only pace builds by this"),
  },
  examples: ["local", "local --port 4600", "local --allow-host host.docker.internal"],
  outlivesReader: true,
  run: async (values, context) => (await import("../keep-local-stage.ts")).keepLocalStage(values, context),
});
