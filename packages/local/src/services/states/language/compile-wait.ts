import { LONGEST_SECONDS, readBase } from "./compile-base.ts";
import type { FieldReader } from "./field-reader.ts";
import type { WaitState } from "./state.ts";
import { parseTimestamp } from "./timestamp.ts";

export function compileWait(name: string, fields: FieldReader): WaitState | undefined {
  const given = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"].filter((field) => fields.has(field));
  if (given.length !== 1)
    fields.problem(
      "",
      `The Wait state '${name}' must have exactly one of Seconds, SecondsPath, Timestamp, TimestampPath`,
    );
  const base = readBase(name, fields);
  const until = readUntil(fields, given[0]);
  return until && { type: "Wait", ...base, until };
}

function readUntil(fields: FieldReader, field: string | undefined): WaitState["until"] | undefined {
  if (field === "Seconds") {
    const seconds = fields.number(field, { least: 0, most: LONGEST_SECONDS });
    return seconds === undefined ? undefined : { kind: "seconds", seconds };
  }
  if (field === "Timestamp") {
    const atMs = parseTimestamp(fields.string(field) ?? "");
    if (atMs !== undefined) return { kind: "timestamp", atMs };
    fields.problem(
      field,
      "The value for the field 'Timestamp' must be an ISO-8601 date-time with offset, for example 2026-01-31T12:00:00Z",
    );
    return undefined;
  }
  if (field === undefined) return undefined;
  const path = fields.requiredPath(field);
  return path && { kind: field === "SecondsPath" ? "secondsPath" : "timestampPath", path };
}
