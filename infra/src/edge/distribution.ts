import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function/index.js";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control/index.js";
import { InvalidConfigurationError, type Pipeline } from "@muster/pipeline";
import type { StageScope } from "../stage-scope.ts";
import type { Stage } from "../stage-settings.ts";
import { createCachePolicies } from "./cache-policies.ts";
import { createDomainRecords } from "./domain-records.ts";
import { createSecurityHeaders } from "./security-headers.ts";

/** What lies between the downloads and their users. */
export interface Edge {
  readonly distribution: CloudfrontDistribution;
  /** Where users download, without trailing slash. */
  readonly url: string;
}

/** Answers `/debian/` with that folder's page. Its runtime knows no modules. */
const FOLDER_PAGES = `function handler(event) {
  var request = event.request;
  if (request.uri.endsWith("/")) request.uri += "index.html";
  return request;
}
`;

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
  const pages = new CloudfrontFunction(stack, "edge_folder_pages", {
    name: names.of("FolderPages"),
    comment: "Answers a folder with its index page",
    runtime: "cloudfront-js-2.0",
    publish: true,
    code: FOLDER_PAGES,
  });
  const policies = createCachePolicies(scope);
  const behaviour = (cachePolicyId: string) => ({
    targetOriginId: "downloads",
    cachePolicyId,
    responseHeadersPolicyId: headers.id,
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: METHODS,
    cachedMethods: METHODS,
    compress: true,
    functionAssociation: [{ eventType: "viewer-request", functionArn: pages.arn }],
  });
  const headers = createSecurityHeaders(scope);
  const changing = changingPaths(pipeline);
  const { domain } = settings;
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
    // With CloudFront's own certificate there is no choice of TLS versions: it is the stage's domain that brings TLS 1.2.
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
