import { MusterError } from "@muster/pipeline/muster-error";

/**
 * A conditional write was refused after an earlier try of it had no answer, and whose object stands there now may not be looked at: it may be
 * this writer's own, or another's.
 */
export class UnknownOutcomeError extends MusterError {
  override readonly name = "Muster.UnknownOutcome";
}
