import { flag } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "workers",
  summary: "List the machines that run now: state, task, age, and what they have cost so far",
  args: { watch: flag("-w", "Go on until Ctrl-C: redrawn on a terminal, a line for each change elsewhere") },
  examples: ["workers", "workers --watch", "workers --stage production --json"],
  run: async (values, context) => (await import("../workers/show-workers.ts")).showWorkers(values, context),
});
