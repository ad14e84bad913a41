import { MAX_CAUSE_BYTES, shortenJson, type TaskFailureCause, type TaskSuccess } from "@muster/pipeline";

/** How a task ended: exactly one of these is reported, or nothing where there is nobody left to tell. */
export type Outcome =
  | { readonly kind: "success"; readonly output: TaskSuccess }
  | { readonly kind: "failure"; readonly error: string; readonly cause: TaskFailureCause }
  /** The task is over for Step Functions. */
  | { readonly kind: "cancelled"; readonly why: string };

/** As JSON of at most 256 bytes; the message gives way, then whatever else is not the instance and the time. */
export function causeText(cause: TaskFailureCause): string {
  const text = JSON.stringify(cause);
  if (Buffer.byteLength(text) <= MAX_CAUSE_BYTES) return text;
  const { message = "", ...rest } = cause;
  const room = MAX_CAUSE_BYTES - Buffer.byteLength(JSON.stringify({ ...rest, message: "" }));
  const shortened = shortenJson(message, room);
  if (shortened !== "") return JSON.stringify({ ...rest, message: shortened });
  const { ec2, time_sec, exit } = cause;
  return JSON.stringify({ ec2, time_sec, ...(exit !== undefined && { exit }) });
}
