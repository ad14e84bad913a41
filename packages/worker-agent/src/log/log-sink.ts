export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/**
 * Where events go. Rejects when they did not get there, and then takes the same events again. Resolves with those that were refused as they are,
 * changed so that they may be taken when they are sent once more.
 */
export type LogSink = (events: readonly LogEvent[]) => Promise<readonly LogEvent[]>;

/** A sink that is loaded when there is something to send. */
export function lazySink(load: () => Promise<LogSink>): LogSink {
  let loaded: Promise<LogSink> | undefined;
  return async (events) => {
    loaded ??= load();
    const sink = await loaded;
    return sink(events);
  };
}
