/** What the shell says of a process that SIGPIPE has ended, which Node ignores. */
const READER_GONE = 141;

/** Ends this process when what it prints goes nowhere: without a word where its reader had enough, as of `muster-s3 cp s3://… - | head -c 100`. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(READER_GONE);
    process.stderr.write(`standard output takes no more: ${error.message}\n`);
    process.exit(1);
  });
}

/** Waits until readers of this process have taken what it printed. A pipe holds 64 KiB; what waits behind that is lost with the process. */
export async function flushOutput(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))),
  );
}
