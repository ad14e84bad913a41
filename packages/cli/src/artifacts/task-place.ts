import type { BuildStatus } from "@muster/pipeline";

/** A task, by what tells it from others. */
export interface TaskPlace {
  /** As a task is called: `<step>-<version>[-<platform>]`. */
  readonly task: string;
  readonly step: string;
  readonly platform: string | null;
}

export interface TaskOfVersion extends TaskPlace {
  /** null for a task that names nothing that it leaves behind, and where it could not be found out. */
  readonly status: BuildStatus | "withdrawn" | null;
}
