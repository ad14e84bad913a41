/**
 * The smallest set that still fails which leaving out parts of it leads to: no single one of it can be left out.
 * @param fails whether a run with these alone fails; it is asked often
 * @see Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, IEEE Transactions on Software Engineering 28 (2002)
 */
export async function minimise<T>(
  all: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = all;
  let parts = 2;
  while (left.length > 0) {
    const size = Math.ceil(left.length / parts);
    const chunks = Array.from({ length: parts }, (_, index) => left.slice(index * size, (index + 1) * size));
    const smaller = await firstThat(
      [...chunks, ...chunks.map((chunk) => left.filter((each) => !chunk.includes(each)))].filter(
        (candidate) => candidate.length < left.length,
      ),
      fails,
    );
    if (smaller !== undefined) {
      left = smaller;
      parts = 2;
    } else if (size === 1) {
      return left;
    } else {
      parts = Math.min(left.length, parts * 2);
    }
  }
  return left;
}

async function firstThat<T>(
  candidates: readonly T[],
  holds: (candidate: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const candidate of candidates) if (await holds(candidate)) return candidate;
  return undefined;
}
