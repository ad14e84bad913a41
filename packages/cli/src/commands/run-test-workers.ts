import { command } from "../command.ts";

export default command({
  name: "run-test-workers",
  summary: "Start a worker per activity for --skip-ec2 builds: each runs the dummy script and logs into a file",
  args: {},
  run: async (_values, context) => (await import("../test-workers/run-test-workers.ts")).runTestWorkers(context),
});
