import type { EventCode } from "../interpreter/event-codes.ts";
import type { Execution, ExecutionRecord, RecordExtra } from "../interpreter/execution.ts";
import type { Frame } from "../interpreter/frame.ts";
import type { Json } from "../language/json.ts";
import { jsonText } from "../language/json-text.ts";

/**
 * Where a record's data is. Most events only hand on what the frame already holds: saying so keeps a journal from repeating a
 * document at every state.
 */
const Source = { none: 0, literal: 1, frameInput: 2, frameResult: 3, mapItem: 4 } as const;
type Source = (typeof Source)[keyof typeof Source];

/** code, frame, previousEventId, milliseconds since the start, source, literal, extra. */
export type EncodedRecord = [number, number, number, number, Source, Json?, RecordExtra?];

/** Must see the frame as it is before the record is applied, and so must `decodeRecord`. */
export function encodeRecord(execution: Execution, record: ExecutionRecord): string {
  const { frame, code, previousEventId, timestampMs, value, extra } = record;
  const source = sourceOf(frame, value);
  const encoded: EncodedRecord = [code, frame.id, previousEventId, timestampMs - execution.startedAtMs, source];
  if (source === Source.literal) encoded.push(value as Json);
  else if (extra !== undefined) encoded.push(0);
  if (extra !== undefined) encoded.push(extra);
  return jsonText(encoded as unknown as Json);
}

export function decodeRecord(execution: Execution, encoded: EncodedRecord): ExecutionRecord {
  const [code, frameId, previousEventId, sinceStartMs, source, literal, extra] = encoded;
  const frame = execution.frames.get(frameId);
  if (frame === undefined) throw new RangeError(`a record names the branch ${frameId}, which is not open`);
  return {
    frame,
    code: code as EventCode,
    previousEventId,
    timestampMs: execution.startedAtMs + sinceStartMs,
    value: operandValue(frame, source, literal),
    extra,
  };
}

function sourceOf(frame: Frame, value: Json | undefined): Source {
  if (value === undefined) return Source.none;
  if (typeof value !== "object" || value === null) return Source.literal;
  if (value === frame.input) return Source.frameInput;
  if (value === frame.result) return Source.frameResult;
  const { fork } = frame;
  return fork !== undefined && value === fork.items?.[fork.started] ? Source.mapItem : Source.literal;
}

function operandValue(frame: Frame, source: Source, literal: Json | undefined): Json | undefined {
  switch (source) {
    case Source.none:
      return undefined;
    case Source.literal:
      return literal;
    case Source.frameInput:
      return frame.input;
    case Source.frameResult:
      return frame.result;
    case Source.mapItem:
      return frame.fork?.items?.[frame.fork.started];
  }
}
