import type { InvocationResult } from "../../lambda-functions.ts";
import { restInput } from "../../protocol/rest-input.ts";
import { routeTable } from "../../protocol/rest-routes.ts";
import type { Protocol, WireResponse } from "../../service.ts";
import { lambdaApi } from "./lambda-api.ts";

const route = routeTable(lambdaApi.model.routes);

/** Lambda's REST-JSON: names in the path, payloads as the whole body, the outcome's kind in headers. */
export const lambdaProtocol: Protocol = {
  parse(request) {
    const match = route(request);
    if (match === undefined) return undefined;
    const { operation } = match;
    const input = restInput(lambdaApi.model, match, request);
    return { operation, input: operation === "Invoke" ? { ...input, Payload: request.body } : input };
  },
  respond({ operation }, output, requestId) {
    const headers = { "content-type": "application/json", "x-amzn-requestid": requestId };
    if (operation === "Invoke") return invokeResponse(output as InvokeOutput, headers);
    return { status: 200, headers, body: JSON.stringify(output) };
  },
  fail: (_call, { code, message, status, fields }, requestId) => ({
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId, "x-amzn-errortype": code },
    body: JSON.stringify({ Type: status < 500 ? "User" : "Service", Message: message, message, ...fields }),
  }),
};

interface InvokeOutput {
  readonly StatusCode: number;
  readonly result?: InvocationResult;
}

function invokeResponse({ StatusCode, result }: InvokeOutput, headers: Record<string, string>): WireResponse {
  if (result === undefined) return { status: StatusCode, headers, body: "" };
  const executed = { ...headers, "x-amz-executed-version": "$LATEST" };
  if ("payload" in result) return { status: StatusCode, headers: executed, body: JSON.stringify(result.payload) };
  return {
    status: StatusCode,
    headers: { ...executed, "x-amz-function-error": "Unhandled" },
    body: JSON.stringify(result.functionError),
  };
}
