import { routeTable } from "../../protocol/rest-routes.ts";
import { renderXml } from "../../protocol/xml.ts";
import type { Protocol } from "../../service.ts";

/** What CloudFront's operations get: path parameters, paging, and the body unparsed. */
export interface CloudFrontInput {
  readonly DistributionId: string;
  readonly Id: string;
  readonly Marker: string;
  readonly MaxItems: string | undefined;
  readonly body: Uint8Array;
}

/** What they answer: one document, and the headers that some add to it. */
export interface CloudFrontOutput {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly root: string;
  readonly content: unknown;
}

const NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

const route = routeTable([
  { method: "POST", path: "/2020-05-31/distribution/{DistributionId}/invalidation", operation: "CreateInvalidation" },
  { method: "GET", path: "/2020-05-31/distribution/{DistributionId}/invalidation/{Id}", operation: "GetInvalidation" },
  { method: "GET", path: "/2020-05-31/distribution/{DistributionId}/invalidation", operation: "ListInvalidations" },
  { method: "GET", path: "/2020-05-31/distribution/{Id}", operation: "GetDistribution" },
]);

/** CloudFront's REST-XML. */
export const cloudFrontProtocol: Protocol = {
  parse(request) {
    const match = route(request);
    if (match === undefined) return undefined;
    const { operation, labels, query } = match;
    const input: CloudFrontInput = {
      DistributionId: labels.DistributionId ?? "",
      Id: labels.Id ?? "",
      Marker: query.get("Marker") ?? "",
      MaxItems: query.get("MaxItems") ?? undefined,
      body: request.body,
    };
    return { operation, input };
  },
  respond(_call, output, requestId) {
    const { status = 200, headers = {}, root, content } = output as CloudFrontOutput;
    return {
      status,
      headers: { "content-type": "text/xml", "x-amzn-requestid": requestId, ...headers },
      body: renderXml(root, content, NAMESPACE),
    };
  },
  fail: (_call, { code, message, status }, requestId) => ({
    status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: renderXml(
      "ErrorResponse",
      { Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message }, RequestId: requestId },
      NAMESPACE,
    ),
  }),
};
