import { parseJson } from "@muster/history";
import { TaskFailureCause } from "@muster/pipeline";
import type { EndedTask } from "../task/start-task.ts";
import { attemptEnd } from "../why/attempt-end.ts";
import { endWords, tellingLineOf } from "../why/end-words.ts";
import type { RecordedEnd } from "./attempt-record.ts";

/** What doing a task again came to, beside what came of it there. */
export type Verdict =
  | "fails in the same way"
  | "fails in another way"
  | "does not fail"
  /** It has never failed, and does not here. */
  | "succeeds as it did"
  /** It did not fail there. */
  | "fails here alone"
  /** Nobody knows: it was ended. */
  | "was ended";

/** How one of them ended. */
export interface End {
  /** `Muster.ScriptFailed`; null for a success. */
  readonly error: string | null;
  /** Exit code or signal; null where neither is known. */
  readonly exit: number | string | null;
  /** Of its log, the line that tells most of why. */
  readonly line: string | null;
  /** `failed with exit code 3` */
  readonly words: string;
}

/** How the attempt ended. */
export function endThere(end: RecordedEnd): End {
  const { error = null, cause } = end;
  if (error === null) return { error, exit: 0, line: null, words: "succeeded" };
  const read = attemptEnd({ error, ...(cause !== undefined && { cause }) });
  const { exit = null } = TaskFailureCause.partial().safeParse(parseJson(cause)).data ?? {};
  return { error, exit, line: tellingLineOf(read), words: endWords(read) };
}

/** How it ended here. */
export function endHere({ outcome, exitCode }: EndedTask): End {
  switch (outcome?.kind) {
    case undefined:
      return {
        error: "Muster.WorkerInterrupted",
        exit: exitCode,
        line: null,
        words: `ended with exit code ${exitCode}`,
      };
    case "success":
      return endThere({});
    case "failure":
      return endThere({ error: outcome.error, cause: JSON.stringify(outcome.cause) });
    case "cancelled":
      return { error: "cancelled", exit: null, line: null, words: `was ended: ${outcome.why}` };
  }
}

/** The same name and the same exit code are the same way: lines differ by times and folders. */
export function compareEnds(there: End, here: End, { interrupted }: { interrupted: boolean }): Verdict {
  if (interrupted) return "was ended";
  if (here.error === null) return there.error === null ? "succeeds as it did" : "does not fail";
  if (there.error === null) return "fails here alone";
  return here.error === there.error && here.exit === there.exit ? "fails in the same way" : "fails in another way";
}

/** 0 it does not fail, 1 it fails, 130 nobody knows. */
export function exitCodeOf(verdict: Verdict): 0 | 1 | 130 {
  switch (verdict) {
    case "fails in the same way":
    case "fails in another way":
    case "fails here alone":
      return 1;
    case "does not fail":
    case "succeeds as it did":
      return 0;
    case "was ended":
      return 130;
    default:
      return verdict satisfies never;
  }
}
