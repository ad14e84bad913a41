import { createMask } from "./log/mask-secrets.ts";

/** The agent's own log: one JSON object a line, apart from the output of scripts. */
export interface Diagnostics {
  info(message: string, fields?: DiagnosticFields): void;
  warn(message: string, fields?: DiagnosticFields): void;
  error(message: string, fields?: DiagnosticFields): void;
}

/** `error` may hold anything that was thrown; only its name and message are written. */
export type DiagnosticFields = Readonly<Record<string, unknown>>;

/**
 * Lines of `time`, `level` and `message`, then what else there is to say; a message is always the same words, so that it can be searched for.
 * @param write takes one line, without its end
 */
export function createDiagnostics(write: (line: string) => void, now: () => number = Date.now): Diagnostics {
  // Errors quote what was asked for.
  const mask = createMask();
  const hide = (_: string, value: unknown) => (typeof value === "string" ? mask(value) : value);
  const log =
    (level: string) =>
    (message: string, { error, ...fields }: DiagnosticFields = {}) =>
      write(
        JSON.stringify(
          {
            time: new Date(now()).toISOString(),
            level,
            message,
            ...fields,
            ...(error !== undefined && describeError(error)),
          },
          hide,
        ),
      );
  return { info: log("info"), warn: log("warn"), error: log("error") };
}

function describeError(error: unknown): { error: string; reason: string } {
  if (!(error instanceof Error)) return { error: "Error", reason: String(error) };
  const { code } = error as NodeJS.ErrnoException;
  return { error: code ?? error.name, reason: error.message.split("\n", 1)[0] ?? "" };
}
