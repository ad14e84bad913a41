/** An event as its service makes it; the bus adds id, time, account and region. */
export interface EmittedEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** Hands an event to EventBridge. Returns at once: no service waits for what follows from its events. */
export type EventSource = (event: EmittedEvent) => void;
