import { positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "artifacts",
  summary: "List what a version's steps produced and published, with digests and the attempt that made each",
  args: { version: positional("As the pipeline writes its versions") },
  examples: ["artifacts 4.28.2", "artifacts 4.28.2 --stage production --json"],
  run: async (values, context) => (await import("../artifacts/show-artifacts.ts")).showArtifacts(values, context),
});
