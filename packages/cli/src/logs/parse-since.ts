import { parseSpan } from "../parse-span.ts";
import { UsageError } from "../usage-error.ts";

const DAY_MS = 86_400_000;
const TIME_OF_DAY = /^(\d\d):(\d\d)(?::(\d\d))?Z?$/;
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * From when on lines are wanted, in milliseconds since 1970: `10m` before now, a time in UTC as progress shows it (`09:30`, the last one), or a date
 * with or without a time, in UTC where it names no zone.
 * @throws UsageError for anything else, and for what is still to come
 */
export function parseSince(text: string, now: Date): number {
  const ms = timeOf(text.trim(), now);
  if (ms === undefined || Number.isNaN(ms)) {
    throw new UsageError(`--since "${text}" is no time`, {
      hint: "a span before now (30s, 10m, 2h, 1d), a time of day in UTC (09:30) or a date (2026-11-30T09:30Z)",
    });
  }
  if (ms > now.getTime())
    throw new UsageError(`--since "${text}" is still to come: it is ${now.toISOString().slice(0, 19)}Z`);
  return ms;
}

function timeOf(text: string, now: Date): number | undefined {
  const span = parseSpan(text);
  if (span !== undefined) return now.getTime() - span;
  const [time, hours, minutes, seconds = "0"] = TIME_OF_DAY.exec(text) ?? [];
  if (time !== undefined) {
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    const today = new Date(now).setUTCHours(Number(hours), Number(minutes), Number(seconds), 0);
    return today > now.getTime() ? today - DAY_MS : today;
  }
  const date = DATE.exec(text);
  if (date === null) return undefined;
  const [day = "", clock] = text.split(/[T ]/);
  const zone = date[1] === undefined ? "Z" : "";
  const ms = Date.parse(clock === undefined ? day : `${day}T${clock}${zone}`);
  // A day that a month does not have becomes one of the next.
  const midnight = new Date(`${day}T00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day) ? ms : undefined;
}
