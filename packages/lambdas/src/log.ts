export type LogFields = Readonly<Record<string, unknown>>;

/** Constant messages, variables in fields; never a payload, token or credential. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** For callers that listen to outcomes alone. */
export const silentLog: Log = { info() {}, warn() {}, error() {} };

/** One JSON object a line, as CloudWatch Logs Insights reads it. */
export function jsonLog(write: (line: string) => void, context: LogFields = {}): Log {
  const at = (level: string) => (message: string, fields?: LogFields) =>
    write(JSON.stringify({ level, message, ...context, ...fields }));
  return { info: at("info"), warn: at("warn"), error: at("error") };
}
