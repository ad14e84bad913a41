import { MusterError } from "@muster/pipeline";

/** A command line that cannot be understood; nothing was done. */
export class UsageError extends MusterError {
  override readonly name = "Muster.Usage";
}

/** Something around the command stands in its way: a port, a disk, a stage that is not there. Nothing that was built is lost. */
export class EnvironmentError extends MusterError {
  override readonly name = "Muster.Environment";
}
