/** What is wrong with a script, before it is run. */
export interface ScriptFinding {
  readonly file: string;
  /** From 1; absent where it is about the file. */
  readonly line?: number;
  readonly message: string;
  readonly hint?: string;
}
