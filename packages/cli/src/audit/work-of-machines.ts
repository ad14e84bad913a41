import { ErrorName } from "@muster/pipeline";
import type { AuditedAttempt, AuditedBuild, Builds } from "./inventory.ts";

/** The last task that a machine had, where it is over. */
export interface LastWork {
  readonly task: string;
  readonly build: string;
  readonly overAt: Date;
  /** Whether the machine itself told how it ended; one that did not may be at it still. */
  readonly heard: boolean;
  /** Why it is over though nobody told: `the build was stopped at 12:04 UTC`. */
  readonly why: string;
  /** Whether its build keeps machines of failed tasks. */
  readonly isKept: boolean;
}

export interface WorkOfMachine {
  /** Whether a running build waits for what it does. */
  readonly isAtIt: boolean;
  readonly last: LastWork | undefined;
}

interface Work {
  readonly build: AuditedBuild;
  readonly attempt: AuditedAttempt;
}

/** What builds know of a machine. */
export function lastWorkOf(instance: string, { running, ended }: Builds): WorkOfMachine {
  const all = [...running, ...ended].flatMap((build) =>
    build.attempts.filter((attempt) => attempt.instance === instance).map((attempt): Work => ({ build, attempt })),
  );
  const isAtIt = all.some(({ build, attempt }) => build.running && attempt.endedAt === undefined);
  const [latest] = all.sort((one, other) => +other.attempt.startedAt - +one.attempt.startedAt);
  return { isAtIt, last: isAtIt || latest === undefined ? undefined : lastWork(latest) };
}

/** By these a task is over without its worker having said so. */
const UNHEARD: ReadonlySet<string | undefined> = new Set(["States.Timeout", "States.HeartbeatTimeout"]);

function lastWork({ build, attempt }: Work): LastWork {
  const { task, endedAt, error } = attempt;
  const overAt = endedAt ?? build.endedAt ?? attempt.startedAt;
  return {
    task,
    build: build.name,
    overAt,
    heard: endedAt !== undefined && !UNHEARD.has(error) && error !== ErrorName.workerInterrupted,
    why: endedAt === undefined ? `the build ${build.name} ${endWords(build)}` : errorWords(error),
    isKept: build.keepsFailed,
  };
}

function endWords({ status }: AuditedBuild): string {
  switch (status) {
    case "ABORTED":
      return "was stopped";
    case "TIMED_OUT":
      return "took too long";
    default:
      return "has ended";
  }
}

/** A missing heartbeat and the end of a step's time are the same error in a history. */
const errorWords = (error: string | undefined): string =>
  error === ErrorName.workerInterrupted ? "it was given to another worker" : "its worker was not heard of in time";
