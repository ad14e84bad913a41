import { parseLogMarker } from "@muster/pipeline";

export interface TaskOfBuild {
  readonly task: string;
  /** The execution's name. */
  readonly build: string;
}

/**
 * Picks a task's lines from its worker's stream, line after line: those between its markers, and the markers.
 * A worker that died left the last task without an end; whatever else starts then ends it.
 */
export function taskLines({ task, build }: TaskOfBuild): (line: string) => boolean {
  let inside = false;
  return (line) => {
    const marker = parseLogMarker(line);
    if (marker === undefined) return inside;
    const ours = marker.task === task && marker.build === build;
    inside = ours && marker.kind === "start";
    return ours;
  };
}
