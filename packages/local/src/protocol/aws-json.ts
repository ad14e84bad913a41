import { AwsError } from "../aws-error.ts";
import type { Protocol } from "../service.ts";

/** The same with dates as seconds. A replacer would be called for each of ten thousands of values, and see dates as texts. */
function inSeconds(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(inSeconds);
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (typeof member !== "object" || member === null) continue;
    const written = inSeconds(member);
    if (written === member) continue;
    copy ??= { ...value };
    copy[key] = written;
  }
  return copy ?? value;
}

/**
 * AWS JSON 1.0 and 1.1: the operation is in the header X-Amz-Target, input and output are JSON bodies.
 * Operations answer timestamps as `Date`; on the wire they are epoch seconds.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function awsJson(targetPrefix: string, version: "1.0" | "1.1" = "1.0"): Protocol {
  const headers = { "content-type": `application/x-amz-json-${version}` };
  return {
    targetPrefix,
    parse(request) {
      const [prefix, operation] = request.headers["x-amz-target"]?.split(".") ?? [];
      if (prefix !== targetPrefix || operation === undefined) return undefined;
      return { operation, input: parseObject(Buffer.from(request.body).toString("utf8")) };
    },
    respond: (_call, output, requestId) => ({
      status: 200,
      headers: { ...headers, "x-amzn-requestid": requestId },
      body: JSON.stringify(inSeconds(output ?? {})),
    }),
    fail: (_call, { code, message, status, fields }, requestId) => ({
      status,
      headers: { ...headers, "x-amzn-requestid": requestId, "x-amzn-errortype": code },
      body: JSON.stringify({ __type: code, message, ...fields }),
    }),
  };
}

function parseObject(text: string): unknown {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Falls through: AWS does not say what is wrong with it either.
  }
  throw new AwsError("SerializationException", "The request body is not a JSON object");
}
