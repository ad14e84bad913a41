/** What was looked at, and what was seen. */
export interface Finding {
  /** One or two words: `clock`, `credentials`. */
  readonly what: string;
  /** `bad`: commands will fail; `poor`: they work, and something will go wrong one day. */
  readonly state: "good" | "poor" | "bad";
  readonly words: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export const good = (what: string, words: string): Finding => ({ what, state: "good", words });
export const poor = (what: string, words: string, remedy: string): Finding => ({ what, state: "poor", words, remedy });
export const bad = (what: string, words: string, remedy: string | undefined): Finding => ({
  what,
  state: "bad",
  words,
  ...(remedy !== undefined && { remedy }),
});
