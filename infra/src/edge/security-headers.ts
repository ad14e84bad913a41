import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js";
import type { StageScope } from "../stage-scope.ts";

const YEAR = 31_536_000;

/** Headers for a site of plain pages and files: no script runs, nothing is embedded, and HTTPS stays. */
export function createSecurityHeaders({ stack, names }: StageScope): CloudfrontResponseHeadersPolicy {
  const override = { override: true };
  return new CloudfrontResponseHeadersPolicy(stack, "edge_headers", {
    name: names.of("Downloads", 128),
    comment: "Plain pages and files",
    securityHeadersConfig: {
      contentTypeOptions: override,
      frameOptions: { frameOption: "DENY", ...override },
      referrerPolicy: { referrerPolicy: "no-referrer", ...override },
      strictTransportSecurity: { accessControlMaxAgeSec: YEAR, includeSubdomains: true, preload: false, ...override },
      contentSecurityPolicy: {
        // Index pages hold their own style.
        contentSecurityPolicy:
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ...override,
      },
    },
  });
}
