import { nearestWord } from "./nearest-word.ts";
import { DEFAULT_RETRY_INTERVAL, fixedRetries, type Retry, taskErrors } from "./retries.ts";

/** An execution has 25,000 events, and each attempt of a task takes five of them. */
const MOST_ATTEMPTS = 1000;
/** @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error */
const LONGEST_INTERVAL = 99_999_999;
const LONGEST_DELAY = 31_622_399;

/** What of an activity's retries Step Functions would not take, or would never come to. */
export function retryProblems(activity: string, retries: readonly Retry[]): string[] {
  return retries.flatMap((rule, index) => {
    const place = `${activity}.retries[${index}]`;
    const before = new Set(retries.slice(0, index).flatMap(({ errors = [] }) => errors));
    return [
      ...numberProblems(place, rule),
      ...(rule.errors ?? []).flatMap((error) => errorProblems(`${place}.errors`, error, before)),
      ...(rule.errors === undefined && index < retries.length - 1
        ? [`${place} names no errors, so it is for all that are left: rules after it are never asked, put it last`]
        : []),
    ];
  });
}

function numberProblems(place: string, { maxAttempts, interval, backoffRate = 1, maxDelay }: Retry): string[] {
  const say = (bad: boolean, problem: string) => (bad ? [`${place}.${problem}`] : []);
  const first = interval ?? DEFAULT_RETRY_INTERVAL;
  return [
    ...say(
      !Number.isInteger(maxAttempts) || maxAttempts < 0 || maxAttempts > MOST_ATTEMPTS,
      `maxAttempts: ${maxAttempts} is not a whole number from 0 to ${MOST_ATTEMPTS}`,
    ),
    ...say(first > LONGEST_INTERVAL, `interval: ${first} is more than AWS's ${LONGEST_INTERVAL} seconds`),
    ...say(backoffRate < 1, `backoffRate: ${backoffRate} is less than 1`),
    ...say((maxDelay ?? 0) > LONGEST_DELAY, `maxDelay: ${maxDelay} is more than AWS's ${LONGEST_DELAY} seconds`),
    ...say(maxDelay !== undefined && maxDelay < first, `maxDelay: ${maxDelay} is less than the interval of ${first}`),
  ];
}

function errorProblems(place: string, error: string, before: ReadonlySet<string>): string[] {
  if (before.has(error)) return [`${place}: ${error} has a rule before this one, which decides`];
  if (fixedRetries.some(({ errors }) => errors?.includes(error))) {
    return [`${place}: ${error} is retried in the same way for every activity, or never`];
  }
  if (error === "States.ALL") return [`${place}: States.ALL is a rule without errors`];
  if (!/^(Muster|States)\./.test(error) || taskErrors.includes(error)) return [];
  const nearest = nearestWord(error, taskErrors);
  return [
    `${place}: "${error}" is no error of a task${nearest === undefined ? `: ${taskErrors.join(", ")}` : `; did you mean "${nearest}"?`}`,
  ];
}
