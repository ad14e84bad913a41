import type { AttemptEnd } from "./attempt-end.ts";

/** An attempt's end in words that follow its worker or "it": `was reclaimed by EC2`, `failed with exit code 2`. */
export function endWords(end: AttemptEnd): string {
  switch (end.how) {
    case "script failed":
      return end.exit === null ? "failed" : `failed with exit code ${end.exit}`;
    case "script killed":
      return `failed: its script was killed (${end.by.replace(/^killed by /, "")})`;
    case "script timed out":
      return "was ended a minute before the step's timeout";
    case "printed nothing":
      return `was ended because it ${end.message || "printed nothing"}`;
    case "state timed out":
      return "took longer than the step's timeout, and its worker did not say why";
    case "no heartbeat":
      return "was not heard of any more";
    case "reclaimed":
      return "was reclaimed by EC2";
    case "terminated":
      return "was terminated by somebody";
    case "machine failed":
      return "was lost: its machine failed";
    case "machine lost":
      return "was lost with its machine";
    case "agent died":
      return "was lost: the worker's agent died";
    case "lease lost":
      return "was ended because the step's lease could not be kept";
    case "interrupted":
      return `was interrupted: ${end.message}`;
    case "given back":
      return `was given back${end.message === "" ? "" : `: ${end.message}`}`;
    case "no worker":
      return `found no worker${end.message === "" ? "" : `: ${end.message}`}`;
    case "misconfigured":
      return `cannot run as the stage is set up${end.message === "" ? "" : `: ${end.message}`}`;
    case "init failed":
      return `failed before its script ran: ${end.message || "init failed"}`;
    case "no script":
      return `failed before its script ran${end.message === "" ? "" : `: ${end.message}`}`;
    case "test build failed":
      return `failed${end.exit === null ? "" : ` with exit code ${end.exit}`} in a test build, which tries nothing twice`;
    case "failed":
      return `failed: ${end.error}`;
    default:
      return end satisfies never;
  }
}

/** Ends that befell the machine, and not what ran there. */
const OF_MACHINES: ReadonlySet<AttemptEnd["how"]> = new Set<AttemptEnd["how"]>([
  "no heartbeat",
  "reclaimed",
  "terminated",
  "machine failed",
  "machine lost",
  "agent died",
  "interrupted",
]);

/**
 * What failed, and how: `i-0123 was reclaimed by EC2 after 12:00`, `it failed with exit code 2 on i-0123 after 9:43`.
 * @param after how long it had been at it, as text
 */
export function endClause(
  end: AttemptEnd,
  { instance, after = "" }: { instance: string | null; after?: string },
): string {
  const words = endWords(end);
  const comma = "message" in end && after !== "" ? "," : "";
  if (OF_MACHINES.has(end.how)) return `${instance ?? "its worker"} ${words}${comma}${after}`;
  return `it ${words}${instance === null ? "" : ` on ${instance}`}${after}`;
}

/** Of its log, the line that tells most of why; null where there is none. */
export const tellingLineOf = (end: AttemptEnd): string | null => ("line" in end ? end.line : null);
