import { positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "matrix",
  summary: "Show how far a version's artifacts are, by step and platform, with the evidence",
  args: { version: positional("As the pipeline writes its versions") },
  examples: ["matrix 4.28.2", "matrix 2026.11.24 --json"],
  run: async (values, context) => (await import("../show-matrix.ts")).showMatrix(values, context),
});
