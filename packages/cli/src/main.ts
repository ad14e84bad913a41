import { readEnv } from "./env.ts";
import { createPrint } from "./print.ts";
import { explain, runCommandLine } from "./run-command-line.ts";

const env = readEnv();
let print = createPrint(process);
let outlivesReader = false;
const interruption = abortOnSignals();
for (const stream of [process.stdout, process.stderr]) stream.on("error", endWithReader);
process.on("uncaughtException", giveUp);
process.exitCode = await runCommandLine(process.argv.slice(2), {
  streams: process,
  env,
  signal: interruption,
  onUnderstood(line) {
    ({ print, outlivesReader } = line);
  },
});

/** What fails outside a command, such as a full disk under the local stage's journal: its workers end with this process. */
function giveUp(error: unknown): void {
  process.exit(explain(error, { print, env }));
}

/** The first signal ends the command in order; the second at once (workers end with the process that owns them). */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort();
    });
  }
  return controller.signal;
}

/** `muster status | head`: the reader has what it wanted. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  if (!outlivesReader) process.exit(0);
}
