import { CloudfrontCachePolicy } from "@cdktf/provider-aws/lib/cloudfront-cache-policy/index.js";
import type { StageScope } from "../stage-scope.ts";

/** How long the edge keeps things, unless the object says less. */
export interface CachePolicies {
  /** Packages and tarballs, which never change under one name. */
  readonly artifacts: CloudfrontCachePolicy;
  /** Repository metadata and index pages: a stale one points users at packages that are gone, or hides new ones. */
  readonly metadata: CloudfrontCachePolicy;
}

const MINUTE = 60;
const DAY = 86_400;

/** Nothing of a request but its path matters; compressed answers are kept apart. */
const pathAlone = {
  cookiesConfig: { cookieBehavior: "none" },
  headersConfig: { headerBehavior: "none" },
  queryStringsConfig: { queryStringBehavior: "none" },
  enableAcceptEncodingGzip: true,
  enableAcceptEncodingBrotli: true,
};

export function createCachePolicies({ stack, names }: StageScope): CachePolicies {
  const policy = (id: string, comment: string, ttl: { defaultTtl: number; maxTtl: number }) =>
    new CloudfrontCachePolicy(stack, `cache_${id}`, {
      name: names.of(`cache-${id}`, 128),
      comment,
      minTtl: 0,
      ...ttl,
      parametersInCacheKeyAndForwardedToOrigin: pathAlone,
    });
  return {
    // What turns out to change after all is asked for anew, by its entity tag, after some minutes.
    artifacts: policy("artifacts", "Packages and tarballs", { defaultTtl: 5 * MINUTE, maxTtl: DAY }),
    metadata: policy("metadata", "Repository metadata and index pages", { defaultTtl: MINUTE, maxTtl: MINUTE }),
  };
}
