import { AwsError } from "../../aws-error.ts";
import type { InvocationResult } from "../../lambda-functions.ts";
import { routeTable } from "../../protocol/rest-routes.ts";
import type { Protocol, WireRequest, WireResponse } from "../../service.ts";

const route = routeTable([
  { method: "POST", path: "/2015-03-31/functions/{FunctionName}/invocations", operation: "Invoke" },
  { method: "GET", path: "/2015-03-31/functions/{FunctionName}/configuration", operation: "GetFunctionConfiguration" },
  { method: "GET", path: "/2015-03-31/functions/{FunctionName}", operation: "GetFunction" },
  { method: "GET", path: "/2015-03-31/functions", operation: "ListFunctions" },
]);

/** Lambda's REST-JSON: names in the path, payloads as the whole body, the outcome's kind in headers. */
export const lambdaProtocol: Protocol = {
  parse(request) {
    const match = route(request);
    if (match === undefined) return undefined;
    checkOptions(match.operation, match.query, request.headers);
    return {
      operation: match.operation,
      input: {
        ...match.labels,
        ...Object.fromEntries(match.query),
        InvocationType: request.headers["x-amz-invocation-type"] ?? "RequestResponse",
        Payload: request.body,
      },
    };
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

/** What each operation takes besides its path and body. */
const QUERY: Readonly<Record<string, readonly string[]>> = {
  Invoke: ["Qualifier"],
  GetFunction: ["Qualifier"],
  GetFunctionConfiguration: ["Qualifier"],
  ListFunctions: ["Marker", "MaxItems"],
};
/** SDKs name the operation once more. */
const IGNORED_QUERY = ["x-id"];
/** A call with one of these asks for something that does not happen here. */
const REFUSED_HEADERS = ["x-amz-client-context", "x-amz-durable-execution-name", "x-amz-tenant-id"];

function checkOptions(operation: string, query: URLSearchParams, headers: WireRequest["headers"]): void {
  const unknown = [...query.keys()].find((name) => !QUERY[operation]?.includes(name) && !IGNORED_QUERY.includes(name));
  const header = REFUSED_HEADERS.find((name) => headers[name] !== undefined);
  const logs = headers["x-amz-log-type"] ?? "None";
  const refused = unknown ?? header ?? (logs === "None" ? undefined : `x-amz-log-type: ${logs}`);
  if (refused !== undefined) {
    throw new AwsError("InvalidParameterValueException", `${operation}: ${refused} is not supported here`);
  }
}

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
