import { AwsError } from "../../aws-error.ts";

/** When a scheduled rule is due next, after `afterMs`; undefined when never again. Times are UTC. */
export type Schedule = (afterMs: number) => number | undefined;

const UNITS_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `rate(5 minutes)` or `cron(0 12 * * ? *)`; throws `ValidationException` for anything else.
 * A rate counts from `createdMs`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseSchedule(expression: string, createdMs: number): Schedule {
  const [, count, unit, plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const unitMs = unit === undefined ? undefined : UNITS_MS[unit];
  if (unitMs !== undefined && Number(count) > 0 && (Number(count) === 1) === (plural === "")) {
    const periodMs = Number(count) * unitMs;
    return (afterMs) => createdMs + (Math.floor(Math.max(0, afterMs - createdMs) / periodMs) + 1) * periodMs;
  }
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (cron?.length === 6) return cronSchedule(cron, expression);
  throw invalid(expression);
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const LAST_YEAR = 2199;
const DAY_MS = 86_400_000;

function cronSchedule(fields: readonly string[], expression: string): Schedule {
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = fields;
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) throw invalid(expression);
  const parse = (field: string, least: number, most: number, names: readonly string[] = []) =>
    valuesOf(field, { least, most, names, expression });
  const minutes = parse(minute, 0, 59);
  const hours = parse(hour, 0, 23);
  const months = parse(month, 1, 12, MONTHS);
  const years = parse(year, 1970, LAST_YEAR);
  const isDay = dayOfWeek === "?" ? dayOfMonthTest(dayOfMonth, parse) : dayOfWeekTest(dayOfWeek, parse);

  return (afterMs) => {
    for (let day = Math.floor(afterMs / DAY_MS) * DAY_MS; new Date(day).getUTCFullYear() <= LAST_YEAR; day += DAY_MS) {
      const date = new Date(day);
      if (!years.has(date.getUTCFullYear()) && date.getUTCFullYear() > Math.max(...years)) return undefined;
      if (!years.has(date.getUTCFullYear()) || !months.has(date.getUTCMonth() + 1) || !isDay(date)) continue;
      for (const h of [...hours].sort((a, b) => a - b)) {
        for (const m of [...minutes].sort((a, b) => a - b)) {
          const dueMs = day + h * 3_600_000 + m * 60_000;
          if (dueMs > afterMs) return dueMs;
        }
      }
    }
    return undefined;
  };
}

type ParseField = (field: string, least: number, most: number, names?: readonly string[]) => ReadonlySet<number>;

function dayOfMonthTest(field: string, parse: ParseField): (date: Date) => boolean {
  if (field === "L") return (date) => date.getUTCDate() === daysInMonth(date);
  const days = parse(field, 1, 31);
  return (date) => days.has(date.getUTCDate());
}

/** Days count from Sunday, which is 1; `3#2` is the second Tuesday, `6L` the last Friday. */
function dayOfWeekTest(field: string, parse: ParseField): (date: Date) => boolean {
  const [, nthDay, nth] = /^([1-7])#([1-5])$/.exec(field) ?? [];
  if (nthDay !== undefined) {
    return (date) => date.getUTCDay() + 1 === Number(nthDay) && Math.ceil(date.getUTCDate() / 7) === Number(nth);
  }
  const lastDay = /^([1-7])L$/.exec(field)?.[1];
  if (lastDay !== undefined) {
    return (date) => date.getUTCDay() + 1 === Number(lastDay) && date.getUTCDate() > daysInMonth(date) - 7;
  }
  const days = parse(field, 1, 7, DAYS);
  return (date) => days.has(date.getUTCDay() + 1);
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

interface Field {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
  readonly expression: string;
}

/** `*`, `5`, `1-5`, `0/15`, `MON-FRI`, and lists of these. */
function valuesOf(field: string, { least, most, names, expression }: Field): ReadonlySet<number> {
  const numberOf = (text: string) => {
    const named = names.indexOf(text.toUpperCase());
    const number = named >= 0 ? named + 1 : Number(text);
    if (text === "" || !Number.isInteger(number) || number < least || number > most) throw invalid(expression);
    return number;
  };
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step, ...rest] = part.split("/");
    if (rest.length > 0 || (step !== undefined && !(Number(step) > 0))) throw invalid(expression);
    const [from = "", to] = range.split("-");
    const first = range === "*" ? least : numberOf(from);
    const last = to !== undefined ? numberOf(to) : range === "*" || step !== undefined ? most : first;
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

function invalid(expression: string): AwsError {
  return new AwsError("ValidationException", `Parameter ScheduleExpression is not valid: ${expression}`);
}
