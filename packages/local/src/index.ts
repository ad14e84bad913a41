export { AwsError } from "./aws-error.ts";
export { type Cancel, type Clock, realClock, sleepUntil, type VirtualClock, virtualClock } from "./clock.ts";
export type { InvocationResult, InvokeFunction, LambdaContext, LambdaFunction } from "./lambda-functions.ts";
export { type Operation, type OperationContext, type Service, service } from "./service.ts";
