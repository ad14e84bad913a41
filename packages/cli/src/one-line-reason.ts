import { UsageError } from "./usage-error.ts";

/** Characters. */
const LONGEST_REASON = 200;

/** Why somebody decides something, as records and tables show it. @throws UsageError for more than a line */
export function oneLineReason(reason: string | undefined): { reason?: string } {
  if (reason === undefined) return {};
  if (reason.length <= LONGEST_REASON && !/\p{Cc}/u.test(reason)) return { reason };
  throw new UsageError(`a reason is one line of at most ${LONGEST_REASON} characters`, {
    hint: "say the rest where it is discussed",
  });
}
