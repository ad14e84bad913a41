import { versionMatrix } from "@muster/lambdas";
import { placeCells } from "@muster/pipeline";
import type { ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { formatTable } from "./format-table.ts";

const colours = { succeeded: "green", built_not_published: "yellow", not_built: "dim" } as const;

/** Prints how far each artifact of a version is. */
export async function showMatrix(
  { version }: { version: string },
  { openStage, print, globals }: Context,
): Promise<ExitCode> {
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
}
