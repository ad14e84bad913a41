/** Random picks that a seed repeats. */
export function randomPicks(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  const pick = <T>(of: readonly T[]): T => of[next() % of.length] as T;
  /** Up to so many pieces in a row. */
  const text = (pieces: readonly string[], most: number): string =>
    Array.from({ length: next() % (most + 1) }, () => pick(pieces)).join("");
  return { pick, text };
}
