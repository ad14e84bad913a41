import { MAX_CAUSE_BYTES, shortenJson, type TaskFailureCause, type TaskSuccess } from "@muster/pipeline";

/** How a task ended: exactly one of these is reported, or nothing where there is nobody left to tell. */
export type Outcome =
  | { readonly kind: "success"; readonly output: TaskSuccess }
  | { readonly kind: "failure"; readonly error: string; readonly cause: TaskFailureCause }
  /** The task is over for Step Functions. */
  | { readonly kind: "cancelled"; readonly why: string };

/** What gives way, in this order, when a cause is too long. */
const YIELDING = ["line", "message"] as const;

/** As JSON of at most 256 bytes; the log's line gives way, then the message, then whatever else is not the instance and the time. */
export function causeText(cause: TaskFailureCause): string {
  let rest = cause;
  for (const member of YIELDING) {
    const text = JSON.stringify(rest);
    if (Buffer.byteLength(text) <= MAX_CAUSE_BYTES) return text;
    const { [member]: words = "", ...others } = rest;
    const room = MAX_CAUSE_BYTES - Buffer.byteLength(JSON.stringify({ ...others, [member]: "" }));
    const shortened = shortenJson(words, room);
    if (shortened !== "") return JSON.stringify({ ...others, [member]: shortened });
    rest = others as TaskFailureCause;
  }
  const { ec2, time_sec, exit } = cause;
  return JSON.stringify({ ec2, time_sec, ...(exit !== undefined && { exit }) });
}
