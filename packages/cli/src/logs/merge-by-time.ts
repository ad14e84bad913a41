import type { LogLine } from "./log-reader.ts";

/** Lines of several streams as one, by time; those of a stream stay in the order in which it has them. */
export function mergeByTime<Line extends LogLine>(streams: readonly (readonly Line[])[]): Line[] {
  // A stream whose clock was set back does not overtake itself: a line counts as late as the latest before it.
  const keyed = streams.flatMap((lines) => {
    let latest = 0;
    return lines.map((line) => {
      latest = Math.max(latest, line.timestamp);
      return { line, latest };
    });
  });
  return keyed.sort((one, other) => one.latest - other.latest).map(({ line }) => line);
}
