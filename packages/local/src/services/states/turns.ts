import type { Clock } from "../../clock.ts";
import type { Execution } from "./interpreter/execution.ts";
import type { Frame } from "./interpreter/frame.ts";
import { step } from "./interpreter/step.ts";

/** Changes one after another, each with all that follows from it without time or outside help. */
export interface Turns {
  /** The time: one instant from a turn's beginning to its end. */
  now(): number;
  /** Asks for a later step of the frame, after those that were asked for before. */
  ready(execution: Execution, frame: Frame): void;
  /** Tells of an event once it is written. */
  observe(execution: Execution, eventId: number): void;
  /** Calls back once what has been recorded so far is written. */
  afterWrite(callback: () => void): void;
  /** Runs `change` in the turn that is under way, or in one of its own; then, on return, everything is written and told. */
  run<T>(change: () => T): T;
}

export interface TurnsOptions {
  readonly clock: Clock;
  /** Hands everything recorded so far to the operating system. */
  readonly write: () => void;
  readonly onEvent: ((execution: Execution, eventId: number) => void) | undefined;
}

export function createTurns({ clock, write, onEvent }: TurnsOptions): Turns {
  const steps: { readonly execution: Execution; readonly frame: Frame }[] = [];
  let written: (() => void)[] = [];
  let observed: { readonly execution: Execution; readonly eventId: number }[] = [];
  let running = false;
  /** Of the turn that is under way. */
  let instantMs = 0;

  const takeSteps = (): void => {
    for (let index = 0; index < steps.length; index++) {
      const next = steps[index];
      if (next !== undefined) step(next.execution, next.frame);
    }
    steps.length = 0;
  };
  const tell = (): void => {
    const callbacks = written;
    const events = observed;
    written = [];
    observed = [];
    for (const callback of callbacks) callback();
    for (const { execution, eventId } of events) onEvent?.(execution, eventId);
  };

  return {
    now: () => (running ? instantMs : clock.now()),
    ready(execution, frame) {
      steps.push({ execution, frame });
    },
    observe(execution, eventId) {
      observed.push({ execution, eventId });
    },
    afterWrite(callback) {
      written.push(callback);
    },
    run(change) {
      if (running) return change();
      running = true;
      instantMs = clock.now();
      try {
        const result = change();
        do {
          takeSteps();
          write();
          tell();
        } while (steps.length > 0 || written.length > 0 || observed.length > 0);
        return result;
      } finally {
        running = false;
      }
    },
  };
}
