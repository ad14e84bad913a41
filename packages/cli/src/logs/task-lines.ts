import { type LogMarker, parseLogMarker } from "@muster/pipeline";

export interface TaskOfBuild {
  readonly task: string;
  /** The execution's name. */
  readonly build: string;
}

/** A task's part of a worker's stream that a line belongs to. */
export interface TaskPart extends TaskOfBuild {
  /** When the worker took the task, as its marker says: tells the attempts of one task on one worker apart. undefined before the first marker. */
  readonly attempt: string | undefined;
}

/**
 * Tells of the lines of a worker's stream, one after the other, which task they are of: those between its markers, and the markers.
 * A worker that died left the last task without an end; whatever else starts then ends it.
 * @param first of the lines before any marker, where the stream is read from the middle of a task on
 */
export function taskLines(first?: TaskOfBuild): (line: string) => TaskPart | undefined {
  let inside: TaskPart | undefined = first && { ...first, attempt: undefined };
  return (line) => {
    const marker = parseLogMarker(line);
    if (marker === undefined) return inside;
    const part = partOf(marker);
    inside = marker.kind === "start" ? part : undefined;
    return part;
  };
}

const partOf = ({ task, build, attempt }: LogMarker): TaskPart => ({ task, build, attempt });
