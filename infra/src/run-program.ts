import { MusterError } from "@muster/pipeline";

/**
 * Runs a program's `main`. What it cannot do is said in one line with the remedy, and the exit status is 1; an error that is nobody's input stays a
 * stack trace.
 */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!isOurs(error)) throw error;
    process.stderr.write(`muster-infra: ${error.message}${error.hint ? `\n  ${error.hint}` : ""}\n`);
    process.exitCode = 1;
  }
}

/** By name: what a pipeline or `stages.ts` throws may be of its own copy of the package. */
const isOurs = (error: unknown): error is Pick<MusterError, "message" | "hint"> =>
  error instanceof Error && (error instanceof MusterError || error.name.startsWith("Muster."));
