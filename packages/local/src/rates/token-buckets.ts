import type { Clock } from "../clock.ts";

/** A token bucket: so many at once, so many more each second. */
export interface Bucket {
  readonly burst: number;
  readonly perSecond: number;
}

/** Tokens of a bucket, by its name, that a call takes. */
export interface Draft {
  readonly name: string;
  readonly bucket: Bucket;
  readonly tokens: number;
}

/** Takes from all the buckets that are named, or from none of them: what is left in each, below 0 where it was not enough. */
export type TakeTokens = (drafts: readonly Draft[]) => readonly number[];

export function tokenBuckets(clock: Pick<Clock, "now">): TakeTokens {
  const levels = new Map<string, { readonly tokens: number; readonly atMs: number }>();
  return (drafts) => {
    const nowMs = clock.now();
    const left = drafts.map(({ name, bucket: { burst, perSecond }, tokens }) => {
      const level = levels.get(name) ?? { tokens: burst, atMs: nowMs };
      return Math.min(burst, level.tokens + ((nowMs - level.atMs) / 1000) * perSecond) - tokens;
    });
    const enough = left.every((tokens) => tokens >= 0);
    for (const [index, { name, tokens }] of drafts.entries())
      levels.set(name, { tokens: (left[index] ?? 0) + (enough ? 0 : tokens), atMs: nowMs });
    return left;
  };
}
