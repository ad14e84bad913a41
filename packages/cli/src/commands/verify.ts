import { option, positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "verify",
  summary:
    "Read a version's artifacts again, and check digests, signatures and indices: 0 all good, 1 something is not",
  args: {
    version: positional("As the pipeline writes its versions"),
    key: option(
      "file",
      "Public keys to hold signatures against (default: those that are published with the downloads)",
    ),
  },
  examples: ["verify 4.28.2", "verify 4.28.2 --key release-key.asc --stage production"],
  run: async (values, context) => (await import("../verify/show-verify.ts")).showVerify(values, context),
});
