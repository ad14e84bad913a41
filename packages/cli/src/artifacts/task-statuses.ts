import { versionMatrix, type WithdrawalJson } from "@muster/lambdas";
import { explainError } from "../explain-error.ts";
import type { Stage } from "../stages/stage.ts";
import type { VersionArtifacts } from "./find-artifacts.ts";
import type { TaskOfVersion } from "./task-place.ts";

export interface TaskStatuses {
  readonly tasks: readonly TaskOfVersion[];
  /** How the version was taken back; null where it was not. */
  readonly withdrawal: WithdrawalJson | null;
  /** Why it could not be found out, a line. */
  readonly unread: readonly string[];
}

/** How far each task of a version is, as `muster matrix` tells. */
export async function taskStatuses(
  { pipeline, description, s3 }: Stage,
  { version, tasks }: Pick<VersionArtifacts, "version" | "tasks">,
): Promise<TaskStatuses> {
  const unread: string[] = [];
  const { cells, withdrawal } = await versionMatrix(version, { pipeline, stage: description, s3: await s3() }).catch(
    (error: unknown) => {
      unread.push(`how far the steps are is not known: ${explainError(error).message}`);
      return { cells: [], withdrawal: null };
    },
  );
  const statusOf = ({ step, platform }: (typeof tasks)[number]) =>
    cells.find((cell) => cell.activity === step && (cell.per === "platform" ? cell.platform : null) === platform)
      ?.status;
  return { tasks: tasks.map((task) => ({ ...task, status: statusOf(task) ?? null })), withdrawal, unread };
}
