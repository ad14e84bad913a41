import type { Cancel, Clock } from "../../clock.ts";

/** Timers of which those for the same instant go off together: what ends at the same time is seen to end before anything follows from it. */
export interface Alarms<T> {
  /** Calls back with `subject`, and every other subject of that instant, when it has come. */
  set(atMs: number, subject: T): Cancel;
}

interface Instant<T> {
  readonly subjects: Set<T>;
  readonly cancel: Cancel;
}

export function createAlarms<T>(clock: Clock, goOff: (subjects: Iterable<T>) => void): Alarms<T> {
  const instants = new Map<number, Instant<T>>();

  const open = (atMs: number): Instant<T> => {
    const subjects = new Set<T>();
    const cancel = clock.at(atMs, () => {
      instants.delete(atMs);
      goOff(subjects);
    });
    const instant = { subjects, cancel };
    instants.set(atMs, instant);
    return instant;
  };
  return {
    set(atMs, subject) {
      const instant = instants.get(atMs) ?? open(atMs);
      instant.subjects.add(subject);
      return () => {
        instant.subjects.delete(subject);
        if (instant.subjects.size > 0 || instants.get(atMs) !== instant) return;
        instants.delete(atMs);
        instant.cancel();
      };
    },
  };
}
