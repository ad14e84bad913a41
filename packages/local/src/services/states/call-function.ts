import { AwsError } from "../../aws-error.ts";
import type { InvocationResult, InvokeFunction } from "../../lambda-functions.ts";
import type { InvokeEventually } from "../lambda/invoke-eventually.ts";
import type { Execution } from "./interpreter/execution.ts";
import type { Frame } from "./interpreter/frame.ts";
import { isObject, type Json, type JsonObject, member } from "./language/json.ts";
import { jsonSize } from "./language/json-size.ts";
import { parseJson } from "./language/json-text.ts";
import type { Failure } from "./language/state-error.ts";

export type CallOutcome =
  | { readonly kind: "succeeded"; readonly output: Json }
  | { readonly kind: "failed"; readonly failure: Failure };

/** How functions are called: and waited for, or not. */
export interface Invokers {
  readonly invoke: InvokeFunction;
  readonly invokeEventually: InvokeEventually;
}

/** Calls the function of the frame's task; never rejects. */
export async function callFunction(
  invokers: Invokers,
  { execution, frame, signal }: { execution: Execution; frame: Frame; signal: AbortSignal },
): Promise<CallOutcome> {
  const resource = frame.task?.resource;
  try {
    if (resource?.kind === "lambda")
      return outcomeOf(await invokers.invoke(resource.arn, frame.payload, signal), (payload) => payload);
    return await invokeWithParameters(invokers, { execution, parameters: frame.payload, signal });
  } catch (error) {
    return { kind: "failed", failure: refusal(execution, error) };
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
async function invokeWithParameters(
  { invoke, invokeEventually }: Invokers,
  { execution, parameters, signal }: { execution: Execution; parameters: Json; signal: AbortSignal },
): Promise<CallOutcome> {
  const fields = isObject(parameters) ? parameters : {};
  const name = member(fields, "FunctionName");
  if (typeof name !== "string") throw new AwsError("InvalidParameterValueException", "FunctionName must be a string");
  const functionArn = qualified(execution, name);
  const type = member(fields, "InvocationType") ?? "RequestResponse";
  const payload = payloadOf(member(fields, "Payload"));
  if (type === "DryRun") return { kind: "succeeded", output: response(execution, { statusCode: 204, payload: "" }) };
  if (type === "Event") {
    invokeEventually(functionArn, payload);
    return { kind: "succeeded", output: response(execution, { statusCode: 202, payload: "" }) };
  }
  return outcomeOf(await invoke(functionArn, payload, signal), (result) =>
    response(execution, { statusCode: 200, payload: result }),
  );
}

/** Step Functions asks Lambda for a version by ARN, which shows where there is no such function. */
function qualified({ arn }: Execution, name: string): string {
  if (name.includes(":")) return name;
  const [, partition, , region, account] = arn.split(":");
  return `arn:${partition}:lambda:${region}:${account}:function:${name}:$LATEST`;
}

/** A string goes to the function as the JSON text it is; nothing goes to it as an empty object. */
function payloadOf(payload: Json | undefined): Json {
  if (payload === undefined || payload === null) return {};
  if (typeof payload !== "string") return payload;
  try {
    return parseJson(payload);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError("InvalidRequestContentException", `Could not parse request body into json: ${reason}`);
  }
}

function outcomeOf(result: InvocationResult, answer: (payload: Json) => Json): CallOutcome {
  if ("payload" in result) return { kind: "succeeded", output: answer((result.payload ?? null) as Json) };
  const { errorType, errorMessage, trace } = result.functionError;
  const cause = JSON.stringify({ errorType, errorMessage, ...(trace === undefined ? {} : { trace }) });
  return { kind: "failed", failure: { error: errorType, cause } };
}

/** Lambda itself refused the call. */
function refusal(execution: Execution, error: unknown): Failure {
  if (!(error instanceof AwsError)) {
    return { error: "Lambda.SdkClientException", cause: error instanceof Error ? error.message : String(error) };
  }
  const details = `(Service: AWSLambda; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${requestIdOf(hexDigits(execution))}; Proxy: null)`;
  return { error: `Lambda.${error.code}`, cause: `${error.message} ${details}` };
}

/** What the Lambda integration gives as the result, down to the HTTP response it came with. */
function response(execution: Execution, { statusCode, payload }: { statusCode: number; payload: Json }): JsonObject {
  const { surroundings } = execution;
  const hex = hexDigits(execution);
  const requestId = requestIdOf(hex);
  const headers = {
    Connection: "keep-alive",
    "Content-Length": String(jsonSize(payload)),
    "Content-Type": "application/json",
    Date: new Date(surroundings.now()).toUTCString(),
    "X-Amz-Executed-Version": "$LATEST",
    "x-amzn-Remapped-Content-Length": "0",
    "x-amzn-RequestId": requestId,
    "X-Amzn-Trace-Id": `root=1-${hex(8)}-${hex(24)};sampled=0`,
  };
  return {
    ExecutedVersion: "$LATEST",
    Payload: payload,
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: statusCode,
    },
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: statusCode,
  };
}

type HexDigits = (length: number) => string;

/** The same at the same event of the same execution. */
function hexDigits(execution: Execution): HexDigits {
  const random = execution.surroundings.random(execution, execution.history.length);
  return (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
}

const requestIdOf = (hex: HexDigits): string => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
