/** The agent's own log: one JSON object a line, apart from the output of scripts. */
export interface Diagnostics {
  info(message: string, fields?: DiagnosticFields): void;
  warn(message: string, fields?: DiagnosticFields): void;
  error(message: string, fields?: DiagnosticFields): void;
}

/** `error` may hold anything that was thrown; only its name and message are written. */
export type DiagnosticFields = Readonly<Record<string, unknown>>;

/** @param write takes one line, without its end */
export function createDiagnostics(write: (line: string) => void, now: () => number = Date.now): Diagnostics {
  const log =
    (level: string) =>
    (message: string, { error, ...fields }: DiagnosticFields = {}) =>
      write(
        JSON.stringify({
          time: new Date(now()).toISOString(),
          level,
          message,
          ...fields,
          ...(error !== undefined && describeError(error)),
        }),
      );
  return { info: log("info"), warn: log("warn"), error: log("error") };
}

function describeError(error: unknown): { error: string; reason: string } {
  if (!(error instanceof Error)) return { error: "Error", reason: String(error) };
  const { code } = error as NodeJS.ErrnoException;
  return { error: code ?? error.name, reason: error.message.split("\n", 1)[0] ?? "" };
}
