import { versionMatrix } from "@muster/lambdas";
import { placeCells } from "@muster/pipeline";
import { command, positional } from "../command.ts";
import { formatTable } from "../format-table.ts";

const colours = { succeeded: "green", built_not_published: "yellow", not_built: "dim" } as const;

export default command({
  name: "matrix",
  summary: "Show how far a version's artifacts are, by step and platform, with the evidence",
  args: { version: positional("N.N.N or YYYY.MM.DD") },
  examples: ["matrix 4.28.2", "matrix 2026.11.24 --json"],
  async run({ version }, { openStage, print, globals }) {
    const stage = await openStage({ to: "read" });
    const matrix = await versionMatrix(version, { pipeline: stage.pipeline, stage: stage.description, s3: stage.s3 });
    if (globals.json) {
      print.json(matrix);
      return 0;
    }
    const rows = matrix.cells.map(({ activity, status, evidence, ...place }) => [
      print.style(colours[status], status),
      activity,
      placeCells(place)[1],
      `${status === "not_built" && evidence.length > 0 ? "no " : ""}${evidence.join(", ")}`,
    ]);
    for (const line of formatTable(rows)) print.report(line);
    return 0;
  },
});
