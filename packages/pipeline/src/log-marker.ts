/**
 * The line with which a worker opens and closes a task in its log stream: a worker processes several tasks, and a task's part of the
 * stream is found by them. A task may have several parts: one for each attempt on this worker, and one for its after-task script.
 */
export interface LogMarker {
  readonly kind: "start" | "end";
  /** The task's name. */
  readonly task: string;
  /** The name of the task's execution. */
  readonly build: string;
  /** When the worker took the task, as an ISO time: tells a task's attempts apart. */
  readonly attempt: string;
  /** For people: what begins, or how it ended. */
  readonly details?: string;
}

const PREFIX = "=== muster: ";

export function logMarker({ kind, task, build, attempt, details }: LogMarker): string {
  return `${PREFIX}${kind} ${task} build ${build} attempt ${attempt}${details === undefined ? "" : ` ${details}`}`;
}

/** undefined for any other line. Workers indent lines of scripts that look like a marker. */
export function parseLogMarker(line: string): LogMarker | undefined {
  if (!line.startsWith(PREFIX)) return undefined;
  const match =
    /^(?<kind>start|end) (?<task>\S+) build (?<build>\S+) attempt (?<attempt>\S+)(?: (?<details>.*))?$/.exec(
      line.slice(PREFIX.length),
    );
  if (match?.groups === undefined) return undefined;
  const { kind, task = "", build = "", attempt = "", details } = match.groups;
  return { kind: kind as "start" | "end", task, build, attempt, ...(details !== undefined && { details }) };
}
