import type { Attempt } from "@muster/history";
import { ErrorName, TaskFailureCause } from "@muster/pipeline";
import type * as z from "zod";
import type { TaskFacts } from "./facts.ts";

/** How an attempt ended that did not succeed. */
export type AttemptEnd =
  | { readonly how: "script failed"; readonly exit: number | string | null; readonly line: string | null }
  | { readonly how: "script killed"; readonly by: string; readonly line: string | null }
  | { readonly how: "script timed out"; readonly line: string | null }
  | { readonly how: "printed nothing"; readonly message: string; readonly line: string | null }
  | { readonly how: "state timed out" }
  | { readonly how: "no heartbeat" }
  | { readonly how: "reclaimed" }
  | { readonly how: "terminated" }
  | { readonly how: "machine failed" }
  | { readonly how: "machine lost" }
  | { readonly how: "agent died" }
  | { readonly how: "lease lost" }
  | { readonly how: "interrupted"; readonly message: string }
  | { readonly how: "given back"; readonly message: string }
  | { readonly how: "no worker"; readonly message: string }
  | { readonly how: "misconfigured"; readonly message: string }
  | { readonly how: "init failed"; readonly message: string; readonly line: string | null }
  | { readonly how: "no script"; readonly message: string }
  | { readonly how: "test build failed"; readonly exit: number | string | null; readonly line: string | null }
  | { readonly how: "failed"; readonly error: string; readonly line: string | null };

const Cause = TaskFailureCause.partial();

interface Around {
  /** EC2's code of why its machine ended, where the machine can still be seen. */
  readonly stateReason?: string | undefined;
  /** Whether it had used up the step's time; absent where that is not known. */
  readonly ranOutOfTime?: boolean | undefined;
}

/** Reads how an attempt ended. */
export function attemptEnd(
  { error = "", cause }: Pick<Attempt, "error" | "cause">,
  { stateReason, ranOutOfTime }: Around = {},
): AttemptEnd {
  const { exit = null, message = "", line = null } = readCause(cause);
  switch (error) {
    case ErrorName.scriptFailed:
      return { how: "script failed", exit, line };
    case ErrorName.scriptKilled:
      return { how: "script killed", by: message || String(exit ?? "a signal"), line };
    case ErrorName.scriptTimedOut:
      return { how: "script timed out", line };
    case ErrorName.logIdle:
      return { how: "printed nothing", message, line };
    case "States.Timeout":
      return ranOutOfTime === false ? silence(stateReason) : { how: "state timed out" };
    case "States.HeartbeatTimeout":
      return silence(stateReason);
    case ErrorName.workerInterrupted:
      return interruption(message, stateReason);
    case ErrorName.requeued:
      return { how: "given back", message };
    case ErrorName.noWorkerStarted:
      return { how: "no worker", message };
    case ErrorName.invalidConfiguration:
      return { how: "misconfigured", message };
    case ErrorName.initFailed:
      return { how: "init failed", message, line };
    case ErrorName.scriptUnavailable:
      return { how: "no script", message };
    case ErrorName.testBuildNoRetry:
      return { how: "test build failed", exit, line };
    default:
      return { how: "failed", error: [error || "an unknown error", message].filter(Boolean).join(", "), line };
  }
}

const silence = (stateReason: string | undefined): AttemptEnd => byMachine(stateReason) ?? { how: "no heartbeat" };

/** What is known of an attempt besides its error. */
export function aroundAttempt(
  attempt: Attempt | undefined,
  { workers, pipeline, name }: Pick<TaskFacts, "workers" | "pipeline" | "name">,
): Around {
  const timeout = pipeline.activities.find((activity) => activity.name === name)?.timeout;
  return {
    stateReason: workers?.find(({ instanceId }) => instanceId === attempt?.instance)?.stateReason,
    ranOutOfTime: attempt && ranOutOfTime(attempt, timeout),
  };
}

/** Between what Step Functions counts and what its history says. */
const SLACK_SECONDS = 5;

/**
 * Whether an attempt that Step Functions ended had used up its step's time. Of a lost heartbeat it records `States.Timeout` too (seen in recorded
 * executions): which of them it was, the time tells, from when a worker took it or from when it was put into its queue.
 * @param timeout the step's, in seconds
 */
function ranOutOfTime({ scheduledAt, startedAt, endedAt }: Attempt, timeout: number | undefined): boolean | undefined {
  if (timeout === undefined || endedAt === undefined) return undefined;
  const secondsSince = (from: Date) => (+endedAt - +from) / 1000;
  const isInTime = Math.abs(secondsSince(scheduledAt) - timeout) <= SLACK_SECONDS;
  return isInTime || secondsSince(startedAt ?? scheduledAt) >= timeout - SLACK_SECONDS;
}

function interruption(message: string, stateReason: string | undefined): AttemptEnd {
  if (message.startsWith("spot interruption")) return { how: "reclaimed" };
  if (message === "its machine is gone") return byMachine(stateReason) ?? { how: "machine lost" };
  if (message === "the worker's agent died") return byMachine(stateReason) ?? { how: "agent died" };
  if (message === "the activity's lease could not be kept") return { how: "lease lost" };
  return byMachine(stateReason) ?? (message === "" ? { how: "machine lost" } : { how: "interrupted", message });
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html */
export function byMachine(stateReason: string | undefined): AttemptEnd | undefined {
  switch (stateReason) {
    case "Server.SpotInstanceTermination":
    case "Server.SpotInstanceShutdown":
    case "Server.InsufficientInstanceCapacity":
      return { how: "reclaimed" };
    case "Client.UserInitiatedShutdown":
      return { how: "terminated" };
    case "Server.InternalError":
    case "Server.ScheduledStop":
      return { how: "machine failed" };
    default:
      return undefined;
  }
}

/** As a worker, Lambda, or Step Functions itself words it; undefined members are not told. */
function readCause(text: string | undefined): Pick<z.infer<typeof Cause>, "exit" | "message" | "line"> {
  if (text === undefined || text === "") return {};
  let cause: unknown;
  try {
    cause = JSON.parse(text);
  } catch {
    return { message: oneLine(text) };
  }
  const { errorMessage } = (cause ?? {}) as { errorMessage?: unknown };
  if (typeof errorMessage === "string") return { message: oneLine(errorMessage) };
  const { data } = Cause.safeParse(cause);
  if (data === undefined) return { message: oneLine(text) };
  const { exit, message, line } = data;
  return {
    ...(exit !== undefined && { exit }),
    ...(message !== undefined && { message: oneLine(message) }),
    ...(line !== undefined && { line: oneLine(line) }),
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
