import type { Clock } from "../clock.ts";
import type { ObservedCall } from "../endpoint.ts";
import { ec2Drafts } from "../services/ec2/request-limits.ts";
import { statesBucket } from "./states-buckets.ts";
import { type Draft, tokenBuckets } from "./token-buckets.ts";

/** How one of AWS's token buckets was drawn on. */
export interface BucketUsage {
  /** As in signatures: `states`, `ec2`, `s3`. */
  readonly service: string;
  /** The operation, or what else shares a bucket: `launched instances`, the reads and the writes of an S3 bucket. */
  readonly name: string;
  readonly burst: number;
  readonly refillPerSecond: number;
  /** Calls, or instances that were asked for. */
  readonly taken: number;
  /** Tokens that were left when there were fewest; below 0 by what was missing. */
  readonly leastLeft: number;
  /** Calls that AWS would have refused. */
  readonly refused: number;
  /** When it would have refused the first one; null where it would have refused none. */
  readonly firstRefusedMs: number | null;
}

/** Holds calls against what AWS allows by default, and refuses none. */
export interface RateMeter {
  /** For `onCall`. */
  note(call: Pick<ObservedCall, "service" | "operation" | "input">): void;
  /** Those that were drawn on, the emptiest first. */
  usage(): BucketUsage[];
}

/** A bucket's requests in a second, each prefix of it: S3 has no documented burst. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html */
const S3_PER_SECOND = { reads: 5500, writes: 3500 };

export function createRateMeter({
  clock,
  region = "us-west-2",
}: {
  clock: Pick<Clock, "now">;
  region?: string;
}): RateMeter {
  const take = tokenBuckets(clock);
  const used = new Map<string, BucketUsage>();
  return {
    note(call) {
      const drafts = draftsOf(call, region);
      const left = take(drafts.map((draft) => ({ ...draft, name: `${call.service} ${draft.name}` })));
      for (const [index, draft] of drafts.entries()) {
        const key = `${call.service} ${draft.name}`;
        const before = used.get(key) ?? unused(call.service, draft);
        used.set(key, drawn(before, { tokens: draft.tokens, left: left[index] ?? 0, nowMs: clock.now() }));
      }
    },
    usage: () => [...used.values()].sort((a, b) => a.leastLeft / a.burst - b.leastLeft / b.burst),
  };
}

const unused = (service: string, { name, bucket: { burst, perSecond } }: Draft): BucketUsage => ({
  service,
  name,
  burst,
  refillPerSecond: perSecond,
  taken: 0,
  leastLeft: burst,
  refused: 0,
  firstRefusedMs: null,
});

function drawn(usage: BucketUsage, { tokens, left, nowMs }: Record<"tokens" | "left" | "nowMs", number>): BucketUsage {
  const refused = left < 0;
  return {
    ...usage,
    taken: usage.taken + tokens,
    leastLeft: Math.min(usage.leastLeft, left),
    refused: usage.refused + (refused ? 1 : 0),
    firstRefusedMs: usage.firstRefusedMs ?? (refused ? nowMs : null),
  };
}

/** What a call takes; nothing for services whose limits are not held. */
function draftsOf({ service, operation, input }: Parameters<RateMeter["note"]>[0], region: string): readonly Draft[] {
  switch (service) {
    case "ec2":
      return ec2Drafts(operation, input as object);
    case "s3": {
      const does = /^(Get|Head|List)/.test(operation) ? "reads" : "writes";
      const bucket = { burst: S3_PER_SECOND[does], perSecond: S3_PER_SECOND[does] };
      return [
        { name: `${does} of ${(input as { readonly Bucket?: string } | undefined)?.Bucket ?? ""}`, bucket, tokens: 1 },
      ];
    }
    case "states": {
      const bucket = statesBucket(operation, region);
      return bucket === undefined ? [] : [{ name: operation, bucket, tokens: 1 }];
    }
    default:
      return [];
  }
}
