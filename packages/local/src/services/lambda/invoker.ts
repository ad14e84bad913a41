import { AwsError } from "../../aws-error.ts";
import type { InvocationResult, InvokeFunction, LambdaFunction } from "../../lambda-functions.ts";
import type { Movement } from "../../movement.ts";
import type { Random } from "../../random.ts";
import type { Json } from "../states/language/json.ts";
import { jsonText } from "../states/language/json-text.ts";
import type { FunctionMishaps } from "./function-mishaps.ts";

/** Functions by name; what comes into a map later is served, too. */
export type LambdaFunctions = Readonly<Record<string, LambdaFunction>> | ReadonlyMap<string, LambdaFunction>;

export interface InvokerOptions {
  readonly functions: LambdaFunctions;
  readonly movement: Movement;
  readonly random: Random;
  readonly mishaps?: FunctionMishaps | undefined;
}

/** Response payloads of a synchronous invocation, in bytes. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_RESPONSE = 6_291_556;

/**
 * Runs functions as Lambda does: payloads cross as JSON in both directions, and whatever is thrown becomes a function error.
 * Step Functions, EventBridge and the Lambda API all invoke through this one function.
 */
export function createInvoker({ functions, movement, random, mishaps }: InvokerOptions): InvokeFunction {
  return (functionNameOrArn, payload, signal = new AbortController().signal) => {
    const { functionName, qualifier } = parseFunctionName(functionNameOrArn);
    const run = isServed(qualifier) ? findFunction(functions, functionName) : undefined;
    if (run === undefined) {
      return Promise.reject(
        new AwsError("ResourceNotFoundException", `Function not found: ${functionNameOrArn}`, {
          status: 404,
          Type: "User",
        }),
      );
    }
    const awsRequestId = random.uuid();
    const work = async (): Promise<InvocationResult> => {
      const event: unknown = JSON.parse(jsonText((payload ?? {}) as Json));
      try {
        return crossResult(await run(event, { functionName, awsRequestId, signal }));
      } catch (thrown) {
        return { functionError: describeThrown(thrown) };
      }
    };
    const planned = mishaps && (() => mishaps.around({ functionName, requestId: awsRequestId }, work));
    return movement.track(`Lambda ${functionName}`, planned ?? work);
  };
}

export function findFunction(functions: LambdaFunctions, functionName: string): LambdaFunction | undefined {
  if (isMap(functions)) return functions.get(functionName);
  return Object.hasOwn(functions, functionName) ? functions[functionName] : undefined;
}

export function functionNames(functions: LambdaFunctions): readonly string[] {
  return isMap(functions) ? [...functions.keys()] : Object.keys(functions);
}

const isMap = (functions: LambdaFunctions): functions is ReadonlyMap<string, LambdaFunction> =>
  functions instanceof Map;

export interface FunctionReference {
  readonly functionName: string;
  /** A version or an alias. */
  readonly qualifier: string | undefined;
}

/**
 * `name`, `account:function:name` and full ARNs, each with or without `:qualifier`.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function parseFunctionName(functionNameOrArn: string): FunctionReference {
  const [, functionName = functionNameOrArn, qualifier] =
    /^(?:(?:.*:)?function:)?([^:]+)(?::([^:]+))?$/.exec(functionNameOrArn) ?? [];
  return { functionName, qualifier };
}

/** Nothing is ever published: there is one version of each function, and no alias. */
export const isServed = (qualifier: string | undefined): boolean => qualifier === undefined || qualifier === "$LATEST";

function crossResult(result: unknown): InvocationResult {
  const text = JSON.stringify(result);
  if (text === undefined) return { payload: null };
  const bytes = Buffer.byteLength(text);
  if (bytes > LARGEST_RESPONSE) {
    return {
      functionError: {
        errorType: "Function.ResponseSizeTooLarge",
        errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${LARGEST_RESPONSE} bytes).`,
      },
    };
  }
  return { payload: JSON.parse(text) };
}

/** As Lambda's Node.js runtime reports it: the name of the error, its message and its stack by lines. */
function describeThrown(thrown: unknown): { errorType: string; errorMessage: string; trace?: readonly string[] } {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown) };
  return {
    errorType: thrown.name,
    errorMessage: thrown.message,
    ...(thrown.stack !== undefined && { trace: thrown.stack.split("\n") }),
  };
}
