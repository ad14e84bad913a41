import type { Attempt, Step } from "@muster/history";
import { counted } from "../counted.ts";
import { UsageError } from "../usage-error.ts";
import type { AttemptToRead } from "./attempt-logs.ts";

/**
 * The number that `--attempt` was given.
 * @throws UsageError for what is no number from 1 on
 */
export function parseAttempt(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`--attempt "${text}" is no number from 1 on`);
}

/**
 * The attempts of steps that workers have had; of one step, that of a number.
 * @throws UsageError where the step has had no such attempt, or no worker took it
 */
export function chooseAttempts(
  steps: readonly Step[],
  { build, number }: { build: string; number: number | undefined },
): AttemptToRead[] {
  if (number !== undefined) for (const step of steps) refuseUnknown(step, number);
  return steps.flatMap((step) =>
    step.attempts.flatMap((attempt, index) =>
      number === undefined || number === index + 1 ? toRead(step, attempt, { build, number: index + 1 }) : [],
    ),
  );
}

function toRead(
  { key, name }: Step,
  { instance, startedAt, scheduledAt, endedAt }: Attempt,
  { build, number }: { build: string; number: number },
): AttemptToRead[] {
  if (instance === undefined) return [];
  return [{ build, task: key, activity: name, number, instance, startedAt: startedAt ?? scheduledAt, endedAt }];
}

function refuseUnknown({ key, attempts }: Step, number: number): void {
  const attempt = attempts[number - 1];
  if (attempt === undefined) {
    const had = attempts.length === 0 ? "none yet" : counted(attempts.length, "attempt");
    throw new UsageError(`${key} has no attempt ${number}: it has had ${had}`, {
      hint: "without --attempt all of them are shown",
    });
  }
  if (attempt.instance === undefined)
    throw new UsageError(`no worker took attempt ${number} of ${key}`, {
      hint: "muster status says what became of it",
    });
}
