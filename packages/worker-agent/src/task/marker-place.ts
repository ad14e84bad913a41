import type { TaskInput } from "@muster/pipeline";

/** An attempt, as the markers in its log name it. */
export interface MarkerPlace {
  readonly task: string;
  readonly build: string;
  /** When the worker took it. */
  readonly attempt: string;
}

export function markerPlace({ name, execution }: TaskInput, claimedAtMs: number): MarkerPlace {
  return {
    task: name,
    build: execution.slice(execution.lastIndexOf(":") + 1),
    attempt: new Date(claimedAtMs).toISOString(),
  };
}
