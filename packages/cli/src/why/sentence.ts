import { formatDuration } from "@muster/history";
import type { AttemptEnd } from "./attempt-end.ts";
import { endClause, endWords, tellingLineOf } from "./end-words.ts";
import type { Missed, Situation } from "./situation.ts";
import { waitWords } from "./wait-words.ts";
import { clockTime, listed, ordinal } from "./words.ts";

/** Why a task is where it is, in words that follow its name. */
export function sentenceOf(situation: Situation, now: Date): string {
  switch (situation.state) {
    case "succeeded": {
      const { seconds, instance, attempts, note } = situation;
      return `succeeded in ${span(seconds)}${on(instance)}${atAttempt(attempts)}${note === null ? "" : `: ${note}`}`;
    }
    case "approved":
      return `was approved by ${situation.by}${situation.reason === null ? "" : `: ${situation.reason}`}`;
    case "skipped":
      return `was skipped: ${situation.reason}`;
    case "waiting":
      return waitWords(situation, now);
    case "running":
      return `runs${on(situation.instance)} for ${span(situation.seconds)}${atAttempt(situation.attempts)}`;
    case "silent": {
      const { instance, seconds, silentSeconds, endsAt } = situation;
      const end = `if it stays so, it is ended at ${clockTime(endsAt, now)} at the latest`;
      return `runs on ${instance} for ${span(seconds)}, and has printed nothing for ${span(silentSeconds)}: ${end}`;
    }
    case "queued": {
      const { instance, seconds, holder } = situation;
      return `waits for its turn on ${instance} for ${span(seconds)}: one runs at a time, and ${holder} is at it`;
    }
    case "orphaned":
      return `has lost ${situation.instance}, which ${endWords(situation.end)}: another worker gets it`;
    case "resting":
      return resting(situation, now);
    case "failed": {
      const { end, instance, seconds, attempts } = situation;
      const after = seconds === null ? "" : ` after ${span(seconds)}`;
      const clause = endClause(end, { instance, after });
      const words = clause.startsWith("it failed") ? clause.slice("it ".length) : `failed: ${clause}`;
      return `${words}${atAttempt(attempts)}${lineOf(end)}`;
    }
    case "unprepared":
      return `failed before a worker was asked for it: ${situation.error}`;
    case "rejected":
      return `was rejected ${situation.said}`;
    case "unanswered":
      return "failed because nobody answered in time";
    case "cut off":
      return `was cut off, ${situation.was}: ${missedWords(situation.missed)}`;
    case "not started":
      return `was not started: ${missedWords(situation.missed)}`;
    case "interrupted":
      return `stands still, ${situation.was}: no process moves the build`;
    default:
      return situation satisfies never;
  }
}

function resting({ end, instance, attempts, until }: Situation & { state: "resting" }, now: Date): string {
  const when = until === null ? "soon" : until <= now ? "now" : `at ${clockTime(until, now)}`;
  return `is tried again ${when}: ${endClause(end, { instance })}${atAttempt(attempts)}${lineOf(end)}`;
}

function missedWords(missed: Missed): string {
  switch (missed.by) {
    case "failure":
      return `${listed(missed.tasks)} failed before it`;
    case "rejection":
      return `${missed.task} was rejected ${missed.said}`;
    case "no answer":
      return `nobody answered ${missed.task} in time`;
    case "stop":
      return missed.who === null ? "the build was stopped" : `the build was stopped by ${missed.who}`;
    case "time":
      return "the build took longer than it may";
    case "end":
      return `the build had ended: ${missed.error}`;
    default:
      return missed satisfies never;
  }
}

function lineOf(end: AttemptEnd): string {
  const line = tellingLineOf(end);
  return line === null ? "" : `: ${line}`;
}

const on = (instance: string | null): string => (instance === null ? "" : ` on ${instance}`);
const atAttempt = (attempts: number): string => (attempts > 1 ? `, at the ${ordinal(attempts)} attempt` : "");
const span = (seconds: number): string => formatDuration(seconds * 1000, { whole: seconds >= 10 });
