import { MusterError } from "@muster/pipeline/muster-error";

/** A command line that cannot be understood; nothing was done. */
export class UsageError extends MusterError {
  override readonly name = "Muster.Usage";
}

/** The stage is not there, or does not answer. Nothing that was built is lost. */
export class StageError extends MusterError {
  override readonly name = "Muster.Stage";
}

/** Something around the command stands in its way: a port, a disk, a machine that lacks something. Nothing that was built is lost. */
export class EnvironmentError extends MusterError {
  override readonly name = "Muster.Environment";
}
