import { words } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "matrix",
  summary: "Show how far versions' artifacts are, by step and platform: of one with the evidence, several side by side",
  args: { versions: words("As the pipeline writes its versions (default: those of the latest build)", []) },
  examples: ["matrix 4.28.2", "matrix 4.28.2 4.27.1", "matrix 2026.11.24 --json"],
  run: async (values, context) => (await import("../show-matrix.ts")).showMatrix(values, context),
});
