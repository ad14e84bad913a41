const OFFSET_DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Milliseconds since 1970 of an ISO-8601 date-time with offset, with its fraction; undefined for any other text. */
export function parseTimestamp(text: string): number | undefined {
  const found = OFFSET_DATE_TIME.exec(text);
  if (found === null) return undefined;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = "0",
    fraction = "0",
    sign = "+",
    offsetHour = "0",
    offsetMinute = "0",
  ] = found;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const valid =
    within(month, 1, 12) &&
    within(day, 1, days) &&
    within(hour, 0, 23) &&
    within(minute, 0, 59) &&
    within(second, 0, 59) &&
    within(offsetHour, 0, 18) &&
    within(offsetMinute, 0, 59);
  if (!valid) return undefined;
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  return local + Number(fraction) * 1000 - (sign === "+" ? offset : -offset);
}

function within(text: string | undefined, from: number, to: number): boolean {
  const value = Number(text);
  return value >= from && value <= to;
}
