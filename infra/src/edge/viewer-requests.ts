import type { CloudfrontDistributionDefaultCacheBehavior } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function/index.js";
import { CloudfrontOriginRequestPolicy } from "@cdktf/provider-aws/lib/cloudfront-origin-request-policy/index.js";
import type { StageScope } from "../stage-scope.ts";

/** A distribution with CloudFront's own certificate shakes hands by TLS 1.0 too; what was asked for in that way is not served. */
const REFUSE_OLD_TLS = `  var tls = request.headers["cloudfront-viewer-tls"];
  if (tls && /^(SSLv3|TLSv1(\\.[01])?):/.test(tls.value))
    return { statusCode: 403, statusDescription: "Forbidden", body: "TLS 1.2 or newer is needed\\n" };
`;

/** Answers `/debian/` with that folder's page. Its runtime knows no modules. */
const handler = (first: string): string => `function handler(event) {
  var request = event.request;
${first}  if (request.uri.endsWith("/")) request.uri += "index.html";
  return request;
}
`;

/** What becomes of a request before CloudFront looks into its cache: the part of each behaviour that says so. */
export function createViewerRequests(
  { stack, names }: StageScope,
  { refuseOldTls }: { refuseOldTls: boolean },
): Pick<CloudfrontDistributionDefaultCacheBehavior, "functionAssociation" | "originRequestPolicyId"> {
  const pages = new CloudfrontFunction(stack, "edge_folder_pages", {
    name: names.of("FolderPages"),
    comment: "Answers a folder with its index page",
    runtime: "cloudfront-js-2.0",
    publish: true,
    code: handler(refuseOldTls ? REFUSE_OLD_TLS : ""),
  });
  const functionAssociation = [{ eventType: "viewer-request", functionArn: pages.arn }];
  return refuseOldTls
    ? { functionAssociation, originRequestPolicyId: createTlsHeader({ stack, names }).id }
    : { functionAssociation };
}

/**
 * CloudFront adds the header for requests of an origin, and a function sees it where a policy names it. The bucket does not mind it.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
 */
function createTlsHeader({ stack, names }: Pick<StageScope, "stack" | "names">): CloudfrontOriginRequestPolicy {
  return new CloudfrontOriginRequestPolicy(stack, "edge_tls_header", {
    name: names.of("ViewerTls", 128),
    comment: "By which TLS a request came",
    headersConfig: { headerBehavior: "whitelist", headers: { items: ["CloudFront-Viewer-TLS"] } },
    cookiesConfig: { cookieBehavior: "none" },
    queryStringsConfig: { queryStringBehavior: "none" },
  });
}
