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

export interface RecordedEvent {
  readonly id: number;
  readonly code: EventCode;
  readonly previousEventId: number;
  readonly timestampMs: number;
  readonly subject: EventSubject;
  readonly payload: EventPayload;
}

/**
 * The public events of an execution, ids from 1. Kept in columns and in terms of the data that states share, because a history
 * outlives its execution and most of it is never read: an event costs some thirty bytes until somebody asks for it.
 */
export interface History {
  readonly length: number;
  append(event: Omit<RecordedEvent, "id">): void;
  /** The event with this id, from 1 to `length`. */
  at(id: number): RecordedEvent;
}

/** Columns are cut into pieces, so that a growing history is never copied. */
interface Piece {
  readonly codes: Uint8Array;
  readonly previous: Uint32Array;
  readonly timestamps: Float64Array;
  readonly subjects: EventSubject[];
  readonly payloads: EventPayload[];
}

const PIECE_LENGTH = 256;

export function createHistory(): History {
  const pieces: Piece[] = [];
  let last: Piece | undefined;
  let length = 0;
  return {
    get length() {
      return length;
    },
    append({ code, previousEventId, timestampMs, subject, payload }) {
      const position = length % PIECE_LENGTH;
      if (last === undefined || position === 0) {
        last = createPiece();
        pieces.push(last);
      }
      last.codes[position] = code;
      last.previous[position] = previousEventId;
      last.timestamps[position] = timestampMs;
      last.subjects.push(subject);
      last.payloads.push(payload);
      length++;
    },
    at(id) {
      const index = id - 1;
      const piece = pieces[Math.floor(index / PIECE_LENGTH)];
      const position = index % PIECE_LENGTH;
      if (piece === undefined || id > length) throw new RangeError(`the history has no event ${id}`);
      return {
        id,
        code: piece.codes[position] as EventCode,
        previousEventId: piece.previous[position] as number,
        timestampMs: piece.timestamps[position] as number,
        subject: piece.subjects[position],
        payload: piece.payloads[position],
      };
    },
  };
}

function createPiece(): Piece {
  return {
    codes: new Uint8Array(PIECE_LENGTH),
    previous: new Uint32Array(PIECE_LENGTH),
    timestamps: new Float64Array(PIECE_LENGTH),
    subjects: [],
    payloads: [],
  };
}
