/** The fields of a cron expression of EventBridge Scheduler's, with the numbers that each takes. @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const FIELDS = [
  { what: "minute", from: 0, to: 59 },
  { what: "hour", from: 0, to: 23 },
  { what: "day of the month", from: 1, to: 31 },
  { what: "month", from: 1, to: 12 },
  { what: "day of the week", from: 1, to: 7 },
  { what: "year", from: 1970, to: 2199 },
] as const;

/** What of a well-formed expression Scheduler would refuse when it is applied: a number that there is not. */
export function expressionProblem(expression: string): string | undefined {
  const [, cron = ""] = /^cron\((.*)\)$/.exec(expression) ?? [];
  const fields = cron.split(" ");
  for (const [at, { what, from, to }] of FIELDS.entries()) {
    // Steps after a slash, and which weekday of a month after a #, count something else.
    const numbers = (fields[at] ?? "").replaceAll(/[/#]\d+/g, "").match(/\d+/g) ?? [];
    const wrong = numbers.find((number) => Number(number) < from || Number(number) > to);
    if (wrong !== undefined) return `${wrong} is no ${what}`;
  }
  return undefined;
}
