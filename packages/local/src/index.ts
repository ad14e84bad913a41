export { AwsError } from "./aws-error.ts";
export type { FaultyCalls } from "./call-faults.ts";
export type { ClientConfig } from "./client-config.ts";
export { type Cancel, type Clock, realClock, sleepUntil, type VirtualClock, virtualClock } from "./clock.ts";
export type { ObservedCall } from "./endpoint.ts";
export { type ConnectionFault, type Fault, type ForeignFault, outages, type ServiceFault } from "./fault.ts";
export { type FaultKind, faultKinds } from "./faults/fault-kinds.ts";
export {
  countFaults,
  type FaultPlan,
  type FaultRate,
  type FaultRates,
  type InjectedFault,
} from "./faults/fault-plan.ts";
export type { InvocationResult, InvokeFunction, LambdaContext, LambdaFunction } from "./lambda-functions.ts";
export { createLocalAws, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";
export { type BucketUsage, createRateMeter, type RateMeter } from "./rates/rate-meter.ts";
export { type Answer, type Received, type Receiver, receiver } from "./receiver.ts";
export { type RunUntilOptions, runUntil } from "./run-until.ts";
export { secretValues } from "./secret-values.ts";
export { type Operation, type OperationContext, type Service, service } from "./service.ts";
export type { Ec2, Ec2Behaviour } from "./services/ec2/ec2.ts";
export type { VcpuQuotas } from "./services/ec2/ec2-context.ts";
export type { Ec2Faults, Pool, PoolRefusal } from "./services/ec2/ec2-faults.ts";
export { instanceOf } from "./services/ec2/instance-credentials.ts";
export { killAll, machineProcesses } from "./services/ec2/machine/machine-processes.ts";
export {
  type BootingMachine,
  type ProcessMachineOptions,
  processMachine,
} from "./services/ec2/machine/process-machine.ts";
export { idleInstance, type RunInstance, type RunningInstance } from "./services/ec2/run-instance.ts";
export type { ExecutionSize } from "./services/states/execution-size.ts";
export { seededRandom } from "./services/states/seeded-random.ts";
export type { TaskInHand } from "./services/states/tasks-in-hand.ts";
export { isOwnerOf } from "./storage/ask-folder-owner.ts";
export { dropFolderLock, type FolderOwner, readFolderOwner } from "./storage/folder-lock.ts";
export { type LocalAwsView, type LocalAwsViewOptions, viewLocalAws } from "./view-local-aws.ts";
