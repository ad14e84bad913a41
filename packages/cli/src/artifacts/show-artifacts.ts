import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { terminalColumns } from "../print.ts";
import { artifactsJson } from "./artifacts-json.ts";
import { attemptNumbers } from "./attempt-numbers.ts";
import { findArtifacts } from "./find-artifacts.ts";
import { reportArtifacts } from "./report-artifacts.ts";
import { taskStatuses } from "./task-statuses.ts";

/** Lists what a version's steps produced and published. */
export async function showArtifacts(
  { version }: { version: string },
  { openStage, print, globals }: Context,
): Promise<ExitCode> {
  const stage = await openStage({ to: "read" });
  const found = await findArtifacts(stage, version);
  const makers = found.artifacts.flatMap(({ recorded }) => recorded?.maker ?? []);
  const [statuses, numbers] = await Promise.all([taskStatuses(stage, found), attemptNumbers(stage, makers)]);
  const report = artifactsJson(found, statuses, numbers);
  if (globals.json) print.json(report);
  else
    for (const line of reportArtifacts(report, { columns: terminalColumns(print), style: print.style }))
      print.report(line);
  for (const what of report.unread) print.note(what);
  return 0;
}
