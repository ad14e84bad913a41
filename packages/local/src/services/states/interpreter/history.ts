import type { Json } from "../language/json.ts";
import type { Failure } from "../language/state-error.ts";
import type { TaskResource } from "../language/task-resource.ts";
import type { EventCode } from "./event-codes.ts";

/** What a task was scheduled with. */
export interface TaskAttempt {
  readonly resource: TaskResource;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
}

/** Whom an event is about: a state's name, a task, a worker's name. */
export type EventSubject = string | TaskAttempt | undefined;
/** What an event carries: data, an iteration's index, the length of a list, an error. */
export type EventPayload = Json | Failure | undefined;

/**
 * The public events of an execution, ids from 1. Kept in columns and in terms of the data that states share, because a history
 * outlives its execution and most of it is never read: an event costs some forty bytes until somebody asks for it.
 */
export interface History {
  readonly length: number;
  append(event: {
    code: EventCode;
    previousEventId: number;
    timestampMs: number;
    subject: EventSubject;
    payload: EventPayload;
  }): void;
  /** The event with this id, from 1 to `length`. */
  at(id: number): RecordedEvent;
}

export interface RecordedEvent {
  readonly id: number;
  readonly code: EventCode;
  readonly previousEventId: number;
  readonly timestampMs: number;
  readonly subject: EventSubject;
  readonly payload: EventPayload;
}

export function createHistory(): History {
  const codes: EventCode[] = [];
  const previous: number[] = [];
  const timestamps: number[] = [];
  const subjects: EventSubject[] = [];
  const payloads: EventPayload[] = [];
  return {
    get length() {
      return codes.length;
    },
    append(event) {
      codes.push(event.code);
      previous.push(event.previousEventId);
      timestamps.push(event.timestampMs);
      subjects.push(event.subject);
      payloads.push(event.payload);
    },
    at(id) {
      const index = id - 1;
      const code = codes[index];
      if (code === undefined) throw new RangeError(`the history has no event ${id}`);
      return {
        id,
        code,
        previousEventId: previous[index] as number,
        timestampMs: timestamps[index] as number,
        subject: subjects[index],
        payload: payloads[index],
      };
    },
  };
}
