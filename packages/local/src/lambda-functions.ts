/** A function as Lambda runs it: resolves to its JSON result; a thrown error's `name` becomes the errorType. */
export type LambdaFunction = (event: unknown, context: LambdaContext) => Promise<unknown>;

export interface LambdaContext {
  readonly functionName: string;
  readonly awsRequestId: string;
  readonly signal: AbortSignal;
}

/** The outcome of one invocation: what Lambda's Invoke answers and what Step Functions turns into events. */
export type InvocationResult =
  | { readonly payload: unknown }
  | {
      readonly functionError: {
        readonly errorType: string;
        readonly errorMessage: string;
        readonly trace?: readonly string[];
      };
    };

/** Runs a function by name or ARN; rejects with AwsError (`ResourceNotFoundException`, …) when Lambda itself refuses. */
export type InvokeFunction = (
  functionNameOrArn: string,
  payload: unknown,
  signal?: AbortSignal,
) => Promise<InvocationResult>;
