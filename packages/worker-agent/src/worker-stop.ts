/** Why a worker stops before it is idle: a spot notice, SIGTERM, or the end of the process that owns the local stage. */
export interface StopReason {
  readonly why: string;
}

/** That a worker must stop, and what it may still do then. */
export interface WorkerStop {
  /** Aborted when it must; the signal's reason, a StopReason, says why. */
  readonly signal: AbortSignal;
  /** How long it may go on talking. */
  readonly lastWordsMs: number;
}
