import { restInput } from "../../protocol/rest-input.ts";
import { routeTable } from "../../protocol/rest-routes.ts";
import { renderXml } from "../../protocol/xml.ts";
import type { Protocol } from "../../service.ts";
import { cloudFrontApi } from "./cloudfront-api.ts";

/** What they answer: one document, and the headers that some add to it. */
export interface CloudFrontOutput {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly root: string;
  readonly content: unknown;
}

const NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

const route = routeTable(cloudFrontApi.model.routes);

/** CloudFront's REST-XML. */
export const cloudFrontProtocol: Protocol = {
  parse(request) {
    const match = route(request);
    return match && { operation: match.operation, input: restInput(cloudFrontApi.model, match, request) };
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
