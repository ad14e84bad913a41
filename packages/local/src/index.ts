export { AwsError } from "./aws-error.ts";
export { type Cancel, type Clock, realClock, sleepUntil, type VirtualClock, virtualClock } from "./clock.ts";
export type { ObservedCall } from "./endpoint.ts";
export type { InvocationResult, InvokeFunction, LambdaContext, LambdaFunction } from "./lambda-functions.ts";
export { type ClientConfig, createLocalAws, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";
export { type Operation, type OperationContext, type Service, service } from "./service.ts";
export { type FolderOwner, readFolderOwner } from "./storage/folder-lock.ts";
