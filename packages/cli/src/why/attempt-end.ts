import { ErrorName, TaskFailureCause } from "@muster/pipeline";
import type * as z from "zod";
import type { Attempt } from "../history/step.ts";

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

/**
 * Reads how an attempt ended.
 * @param stateReason EC2's code of why its machine ended, where the machine can still be seen
 */
export function attemptEnd(
  { error = "", cause }: Pick<Attempt, "error" | "cause">,
  stateReason?: string | undefined,
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
      return { how: "state timed out" };
    case "States.HeartbeatTimeout":
      return byMachine(stateReason) ?? { how: "no heartbeat" };
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
