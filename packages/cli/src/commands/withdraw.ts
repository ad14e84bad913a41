import { flag, option, positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "withdraw",
  summary:
    "Take a bad release back: what its steps published, as the pipeline says how; kept as versions, and written down",
  args: {
    version: positional("The version that users shall not get any longer"),
    reason: option("text", "Why, in a line: whoever would build it again is told"),
    plan: flag("Show what would be taken back, and what stays; start nothing"),
    noFollow: flag("Do not wait for its end"),
    timeScale: option("number", "Divide the waits that only pace the build by this (local stage)"),
  },
  examples: ["withdraw 4.28.2 --plan", 'withdraw 4.28.2 --reason "crashes on start"', "build 4.28.2 --republish"],
  outlivesReader: true,
  run: async (values, context) => (await import("../withdraw/withdraw-version.ts")).withdrawVersion(values, context),
});
