/** What `muster help --json` says of the command line: the manual page is made from it. */
export interface CommandHelp {
  readonly commands: readonly CommandDescription[];
  /** Options that every command takes. */
  readonly options: readonly OptionDescription[];
}

export interface CommandDescription {
  readonly name: string;
  readonly summary: string;
  readonly places: readonly PlaceDescription[];
  readonly options: readonly OptionDescription[];
  /** Whole command lines, without `muster`. */
  readonly examples: readonly string[];
}

/** A place for a word, or for any number of them. */
export interface PlaceDescription {
  /** As a usage line shows it: `[words …]`. */
  readonly usage: string;
  readonly summary: string;
  /** Words that look like options. */
  readonly words: readonly string[];
}

export interface OptionDescription {
  /** `--state-dir` */
  readonly name: string;
  /** `-f` */
  readonly short?: string;
  /** What its value is; a flag has none. */
  readonly value?: string;
  readonly summary: string;
}
