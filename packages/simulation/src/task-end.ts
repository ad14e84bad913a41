/** How a task ends: after so many seconds of work, with an error or without. */
export interface TaskEnd {
  readonly seconds: number;
  readonly error?: string;
  /** The line of its log that tells why. */
  readonly line?: string;
}
