import { command } from "../command.ts";

export default command({
  name: "kill-test-workers",
  summary: "End the workers that run-test-workers started; their logs stay",
  args: {},
  run: async (_values, context) => (await import("../test-workers/kill-test-workers.ts")).killTestWorkers(context),
});
