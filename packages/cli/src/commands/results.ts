import { optional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "results",
  summary: "Print a finished build's results as JSON, of failed builds too",
  args: { build: optional("The build's name, or the beginning of it (default: the latest)") },
  run: async (values, context) => (await import("../history/show-results.ts")).showResults(values, context),
});
