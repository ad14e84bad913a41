import { setTimeout as sleep } from "node:timers/promises";

/**
 * Looks again until there is an answer.
 * @throws Error that says what did not come true
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  { patienceMs = 180_000 }: { patienceMs?: number } = {},
): Promise<T> {
  for (const started = Date.now(); Date.now() - started < patienceMs; await sleep(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`after ${patienceMs / 1000} s it is not so that ${what}`);
}
