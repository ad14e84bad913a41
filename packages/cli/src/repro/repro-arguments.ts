/** What `muster repro` is told. */
export interface ReproArguments {
  readonly task: string;
  readonly build: string | undefined;
  readonly attempt: string | undefined;
  readonly run: boolean;
  readonly shell: boolean;
  readonly publish: boolean;
  readonly dir: string | undefined;
}
