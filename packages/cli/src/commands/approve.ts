import { flag, option, optional, positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "approve",
  summary: "Say that a build may go on where it waits for a person, or that it may not",
  args: {
    build: positional("The build's name, or the beginning of it"),
    step: optional("What waits, as status names it (default: what alone waits)"),
    reject: flag("It may not: the step fails, and what follows it is left out"),
    reason: option("text", "Why, for the build's results"),
  },
  examples: [
    "approve 1.2.3_alice",
    "approve 1.2.3_alice ApproveRelease-1.2.3",
    'approve 1.2.3_alice --reject --reason "crashes on staging"',
  ],
  run: async (values, context) => (await import("../approvals/approve-step.ts")).approveStep(values, context),
});
