/** A task that this worker has taken: nobody else gets it while its token lives. */
export interface ClaimedTask {
  /** Secret: whoever has it may end the task. */
  readonly token: string;
  /** JSON, a TaskInput unless somebody else feeds the queue. */
  readonly input: string;
  /** Milliseconds since 1970; AWS counts the task's timeout from about then. */
  readonly claimedAtMs: number;
}
