import type { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import type { StageScope } from "../stage-scope.ts";

/** The domain's addresses, old and new. */
export function createDomainRecords(
  { stack }: StageScope,
  { name, zoneId, distribution }: { name: string; zoneId: string; distribution: CloudfrontDistribution },
): void {
  for (const type of ["A", "AAAA"]) {
    new Route53Record(stack, `domain_${type.toLowerCase()}`, {
      zoneId,
      name,
      type,
      alias: { name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false },
    });
  }
}
