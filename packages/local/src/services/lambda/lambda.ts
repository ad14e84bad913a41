import { AwsError } from "../../aws-error.ts";
import type { InvocationResult, InvokeFunction } from "../../lambda-functions.ts";
import { type Service, service } from "../../service.ts";
import type { InvokeEventually } from "./invoke-eventually.ts";
import { findFunction, functionNames, isServed, type LambdaFunctions, parseFunctionName } from "./invoker.ts";
import { lambdaApi } from "./lambda-api.ts";
import { lambdaProtocol } from "./lambda-protocol.ts";

export interface LambdaOptions {
  readonly functions: LambdaFunctions;
  readonly invoke: InvokeFunction;
  readonly invokeEventually: InvokeEventually;
  readonly region: string;
  readonly accountId: string;
}

interface FunctionInput {
  readonly FunctionName: string;
  readonly Qualifier?: string;
}

interface InvokeInput extends FunctionInput {
  readonly InvocationType?: keyof typeof LARGEST_PAYLOAD;
  readonly Payload: Uint8Array;
}

/** Request payloads in bytes, synchronous and asynchronous. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_PAYLOAD = { RequestResponse: 6_291_456, DryRun: 6_291_456, Event: 1_048_576 };

/** Lambda's API over functions of this process. */
export function lambda({ functions, invoke, invokeEventually, region, accountId }: LambdaOptions): Service {
  const configuration = (functionName: string) => ({
    FunctionName: functionName,
    FunctionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
    Version: "$LATEST",
    State: "Active",
    PackageType: "Zip",
  });
  const configurationOf = ({ FunctionName, Qualifier }: FunctionInput) => {
    const { functionName, qualifier = Qualifier } = parseFunctionName(FunctionName);
    if (Qualifier !== undefined && qualifier !== Qualifier) {
      throw new AwsError(
        "InvalidParameterValueException",
        `The derived qualifier from the function name does not match the specified qualifier: ${FunctionName} and ${Qualifier}`,
      );
    }
    if (isServed(qualifier) && findFunction(functions, functionName) !== undefined) {
      const found = configuration(functionName);
      return qualifier === undefined ? found : { ...found, FunctionArn: `${found.FunctionArn}:${qualifier}` };
    }
    const arn = `${configuration(functionName).FunctionArn}${qualifier === undefined ? "" : `:${qualifier}`}`;
    throw new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, { status: 404, Type: "User" });
  };

  return service("lambda", {
    protocol: lambdaProtocol,
    subjectOf({ input }) {
      const { FunctionName } = input as Partial<FunctionInput>;
      return FunctionName && parseFunctionName(FunctionName).functionName;
    },
    api: lambdaApi,
    claims: ({ url }) => url.startsWith("/2015-03-31/functions"),
    operations: {
      async Invoke(input: InvokeInput, { signal }): Promise<{ StatusCode: number; result?: InvocationResult }> {
        const type = input.InvocationType ?? "RequestResponse";
        const payload = parsePayload(input.Payload, LARGEST_PAYLOAD[type]);
        configurationOf(input);
        if (type === "DryRun") return { StatusCode: 204 };
        if (type === "RequestResponse")
          return { StatusCode: 200, result: await invoke(input.FunctionName, payload, signal) };
        invokeEventually(input.FunctionName, payload);
        return { StatusCode: 202 };
      },
      GetFunction: (input: FunctionInput) => ({ Configuration: configurationOf(input) }),
      GetFunctionConfiguration: configurationOf,
      ListFunctions: ({ Marker, MaxItems }: ListInput) => {
        const all = functionNames(functions);
        const names = Marker === undefined ? all : all.slice(all.indexOf(Marker) + 1);
        const page = names.slice(0, Math.min(Number(MaxItems ?? MOST_FUNCTIONS), MOST_FUNCTIONS));
        return {
          Functions: page.map(configuration),
          ...(names.length > page.length ? { NextMarker: page.at(-1) } : {}),
        };
      },
    },
  });
}

interface ListInput {
  readonly Marker?: string;
  readonly MaxItems?: string;
}

/** ListFunctions answers 50 functions at most, whatever it is asked for. */
const MOST_FUNCTIONS = 50;

function parsePayload(payload: Uint8Array, limit: number): unknown {
  if (payload.length > limit) {
    throw new AwsError("RequestTooLargeException", `Request must be smaller than ${limit} bytes`, { status: 413 });
  }
  if (payload.length === 0) return {};
  try {
    return JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch (error) {
    throw new AwsError(
      "InvalidRequestContentException",
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
}
