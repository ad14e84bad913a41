import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control/index.js";
import { InvalidConfigurationError, type Pipeline } from "@muster/pipeline";
import type { StageScope } from "../stage-scope.ts";
import type { Stage } from "../stage-settings.ts";
import { createCachePolicies } from "./cache-policies.ts";
import { createDomainRecords } from "./domain-records.ts";
import { createSecurityHeaders } from "./security-headers.ts";
import { createViewerRequests } from "./viewer-requests.ts";

/** What lies between the downloads and their users. */
export interface Edge {
  readonly distribution: CloudfrontDistribution;
  /** Where users download, without trailing slash. */
  readonly url: string;
}

const METHODS = ["GET", "HEAD"];

/** Behaviours that a distribution may have, the default one among them. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MOST_BEHAVIOURS = 75;

/**
 * Paths whose content changes under one name: folders, their pages, and what builds invalidate.
 * @throws InvalidConfigurationError for more than a distribution may tell apart: the rest would be kept for a day
 */
function changingPaths({ name, invalidates }: Pipeline): string[] {
  const pages = ["*/", "*index.html"];
  const named = [...new Set(invalidates)];
  const most = MOST_BEHAVIOURS - 1 - pages.length;
  if (named.length <= most) return [...pages, ...named];
  throw new InvalidConfigurationError(
    `the pipeline ${name} invalidates ${named.length} paths, and CloudFront tells at most ${most} apart`,
    { hint: `join some of \`invalidates\` in pipelines/${name}/pipeline.ts by *` },
  );
}

/** CloudFront in front of the downloads, which nobody else can read. */
export function createEdge(scope: StageScope, settings: NonNullable<Stage["edge"]>): Edge {
  const { stack, stage, pipeline, names } = scope;
  const access = new CloudfrontOriginAccessControl(stack, "edge_access", {
    name: names.of("Downloads"),
    description: "Reads the downloads",
    originAccessControlOriginType: "s3",
    signingBehavior: "always",
    signingProtocol: "sigv4",
  });
  const { domain } = settings;
  const requests = createViewerRequests(scope, { refuseOldTls: domain === undefined });
  const policies = createCachePolicies(scope);
  const behaviour = (cachePolicyId: string) => ({
    targetOriginId: "downloads",
    cachePolicyId,
    responseHeadersPolicyId: headers.id,
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: METHODS,
    cachedMethods: METHODS,
    compress: true,
    ...requests,
  });
  const headers = createSecurityHeaders(scope);
  const changing = changingPaths(pipeline);
  const distribution = new CloudfrontDistribution(stack, "edge", {
    enabled: true,
    comment: `${names.of("Downloads", 128)}`,
    isIpv6Enabled: true,
    httpVersion: "http2and3",
    priceClass: settings.priceClass,
    defaultRootObject: "index.html",
    ...(domain && { aliases: [domain.name] }),
    origin: [
      {
        originId: "downloads",
        domainName: `${names.bucket("downloads")}.s3.${stage.region}.amazonaws.com`,
        originAccessControlId: access.id,
      },
    ],
    defaultCacheBehavior: behaviour(policies.artifacts.id),
    orderedCacheBehavior: changing.map((pathPattern) => ({ pathPattern, ...behaviour(policies.metadata.id) })),
    restrictions: { geoRestriction: { restrictionType: "none", locations: [] } },
    // With CloudFront's own certificate there is no choice of TLS versions: the function refuses what came by an old one.
    viewerCertificate: domain
      ? {
          acmCertificateArn: domain.certificateArn,
          sslSupportMethod: "sni-only",
          minimumProtocolVersion: "TLSv1.2_2021",
          cloudfrontDefaultCertificate: false,
        }
      : { cloudfrontDefaultCertificate: true },
  });
  if (domain?.hostedZoneId !== undefined) {
    createDomainRecords(scope, { name: domain.name, zoneId: domain.hostedZoneId, distribution });
  }
  return { distribution, url: `https://${domain?.name ?? distribution.domainName}` };
}
