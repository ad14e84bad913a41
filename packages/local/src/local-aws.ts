import { join } from "node:path";
import { type CallFaults, createCallFaults } from "./call-faults.ts";
import type { ClientConfig } from "./client-config.ts";
import { type Clock, realClock } from "./clock.ts";
import { createEndpoint, type ObservedCall } from "./endpoint.ts";
import { executionStatusEvents } from "./execution-status-events.ts";
import { armDeployments } from "./faults/arm-deployments.ts";
import { callMishaps } from "./faults/call-mishaps.ts";
import { callPath } from "./faults/call-path.ts";
import type { FaultPlan, InjectedFault } from "./faults/fault-plan.ts";
import { createFaultSource } from "./faults/fault-source.ts";
import { createPause } from "./faults/pause.ts";
import type { ListenOptions } from "./http-listener.ts";
import type { InvokeFunction } from "./lambda-functions.ts";
import { openListeners } from "./listeners.ts";
import { createMovement, type IdleOptions } from "./movement.ts";
import { createRandom } from "./random.ts";
import { inProcessRequestHandler, type RequestHandler } from "./request-handler.ts";
import { cloudFront } from "./services/cloudfront/cloudfront.ts";
import { cloudWatch } from "./services/cloudwatch/cloudwatch.ts";
import { createEc2, type Ec2, type Ec2Behaviour } from "./services/ec2/ec2.ts";
import type { VcpuQuotas } from "./services/ec2/ec2-context.ts";
import type { RunInstance } from "./services/ec2/run-instance.ts";
import { createEventBus } from "./services/events/event-bus.ts";
import { events } from "./services/events/events.ts";
import { functionMishaps } from "./services/lambda/function-mishaps.ts";
import { lambdaQueue } from "./services/lambda/invoke-eventually.ts";
import { createInvoker, type LambdaFunctions } from "./services/lambda/invoker.ts";
import { lambda } from "./services/lambda/lambda.ts";
import { logs } from "./services/logs/logs.ts";
import { objectsOfResults } from "./services/s3/objects-of-results.ts";
import { s3 } from "./services/s3/s3.ts";
import { serviceQuotas } from "./services/service-quotas/service-quotas.ts";
import { createSsm } from "./services/ssm/ssm.ts";
import { createStates, type States } from "./services/states/states.ts";
import { sts } from "./services/sts/sts.ts";
import { ownedFolder } from "./storage/ask-folder-owner.ts";
import { openStorage } from "./storage/storage.ts";

export interface LocalAwsOptions {
  /** State outlives the process in this folder; without one it ends with `close`. */
  readonly dir?: string;
  readonly clock?: Clock;
  /** Default us-west-2. */
  readonly region?: string;
  /** Default 000000000000. */
  readonly accountId?: string;
  /** Divides what only paces in Step Functions: waits, retry delays, timeouts of callbacks. */
  readonly timeScale?: number;
  /** How long GetActivityTask waits for a task; a minute as on AWS. */
  readonly longPollMs?: number;
  /** Events of an execution's history; 25,000 as on AWS. */
  readonly historyLimit?: number;
  /** False: a view of a folder that another process owns; nothing is written and nothing moves. */
  readonly resume?: boolean;
  readonly functions?: LambdaFunctions;
  /** What an instance does; by default nothing, until it is terminated. */
  readonly runInstance?: RunInstance;
  readonly ec2?: Ec2Behaviour;
  /** Virtual CPUs that EC2 allows; by default more than anyone needs. */
  readonly vcpuQuotas?: VcpuQuotas;
  /** The same seed gives the same ids. For tests: ids must not repeat in a folder that lives on. */
  readonly seed?: string | number;
  /** What goes wrong, as data: the same plan and the same calls give the same faults. Without one, only what tests order. */
  readonly faults?: FaultPlan;
  /** Told of every fault of the plan as it happens. */
  readonly onFault?: (fault: InjectedFault) => void;
  /** Deploys the stage anew, where the plan says so: updates state machines, replaces functions, adds versions of launch templates. */
  readonly onDeployment?: () => Promise<void>;
  /** Told of every call, before its answer leaves. */
  readonly onCall?: (call: ObservedCall) => void;
  /** Told of stored state that cannot be read: its name and why. */
  readonly onDamaged?: (name: string, reason: string) => void;
}

export interface LocalAws extends AsyncDisposable {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly requestHandler: RequestHandler;
  /** The same services, by the same code, as over a socket. `accessKeyId` is who calls. */
  clientConfig(accessKeyId?: string): ClientConfig;
  readonly invoke: InvokeFunction;
  /** What no API offers: faults, spot interruptions, the network's ids. */
  readonly ec2: Omit<Ec2, "service" | "networkOf" | "start" | "close">;
  /** Tasks that workers of this or an earlier process have taken and not ended: no API tells. */
  readonly tasksInHand: States["tasksInHand"];
  /** How near executions came to AWS's limits of events and of data. */
  readonly executionSizes: States["executionSizes"];
  /** Makes calls fail: the next ones, all of them, or those that a test picks. */
  readonly failCalls: CallFaults["fail"];
  /** Makes calls take effect later. */
  readonly delayCalls: CallFaults["delay"];
  /** Changes EC2's quotas from now on. */
  setVcpuQuotas(quotas: VcpuQuotas): void;
  /** Lets what was under way when the folder was last closed go on. Idempotent; a view does not move. */
  start(): void;
  /** Opens the endpoint for clients of other processes. */
  listen(options?: ListenOptions): Promise<{ readonly url: string }>;
  /** Requests and invocations that are open, and those among them that only time or another call can move. */
  readonly movement: { readonly open: number; readonly parked: number };
  /** For who plays a part of this AWS, a function say: what waits for `work`, and for nothing but time or another call, is not moving. */
  park<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing can move without time. */
  idle(options?: IdleOptions): Promise<void>;
  close(): Promise<void>;
}

/** Where in-process clients believe to be: an address, because S3's clients then put buckets into the path. */
const IN_PROCESS = "http://127.0.0.1";

const DEFAULT_VCPU_QUOTAS: VcpuQuotas = { onDemand: 100_000, spot: 100_000 };

/** AWS on this machine. Throws one clear line when the folder cannot be used. */
export function createLocalAws(options: LocalAwsOptions = {}): LocalAws {
  const { clock = realClock(), region = "us-west-2", accountId = "000000000000", functions = {}, seed } = options;
  const { resume = true, onDamaged = () => {} } = options;
  const random = createRandom(seed);
  const listeners = openListeners();
  const movement = createMovement(listeners.connections);
  let url = IN_PROCESS;
  const address = () => url;
  const storage = openStorage({ dir: options.dir, owner: resume, onDamaged });
  const faults = createCallFaults(clock);
  let quotas = options.vcpuQuotas ?? DEFAULT_VCPU_QUOTAS;
  let started = false;
  let cancelDeployments = () => {};

  const source = options.faults && createFaultSource(options.faults, { clock, onFault: options.onFault });
  const { spares = [] } = options.faults ?? {};
  const closing = new AbortController();
  const pause = createPause({ clock, movement, closing: closing.signal });
  const planned = source && { source, clock, movement, pause };
  const invoke = createInvoker({
    functions,
    movement,
    random,
    mishaps: planned && functionMishaps({ ...planned, functionSeconds: options.faults?.functionSeconds }),
  });
  const shared = { storage, clock, random, movement, region, accountId, source };
  const invokeEventually = lambdaQueue({ ...shared, invoke });
  const bus = createEventBus({ ...shared, invokeEventually });
  const ssm = createSsm(shared);
  const clientConfig = (accessKeyId = "AKIALOCALLOCALLOCAL0"): ClientConfig => ({
    region,
    credentials: { accessKeyId, secretAccessKey: "local" },
    endpoint: address(),
    requestHandler,
  });
  const ec2 = createEc2({
    ...shared,
    ...options.ec2,
    runInstance: options.runInstance,
    openListener: listeners.open,
    clientConfig,
    publish: (event) => void bus.publish(event),
    quotas: () => quotas,
    ssmParameter: ssm.parameter,
  });
  const objects = s3(shared);
  const states = createStates({
    ...shared,
    ...paceOf(options),
    ...(storage.persistent && { dir: join(storage.dir, "states") }),
    resume,
    seed,
    invoke,
    objects: objectsOfResults(objects, movement),
    invokeEventually,
    flusher: storage.flusher,
    onDamaged,
    onEvent: executionStatusEvents({
      describeExecution: (input, context) => states.service.operations.DescribeExecution?.(input, context),
      publish: (event) => void bus.publish(event),
    }),
  });
  const services = [
    { ...states.service, longPolls: ["GetActivityTask"] },
    ec2.service,
    lambda({ ...shared, functions, invoke, invokeEventually }),
    logs(shared),
    events({ ...shared, bus }),
    cloudFront(shared),
    cloudWatch(shared),
    ssm.service,
    serviceQuotas({ ...shared, vcpus: () => quotas }),
    sts(shared),
    objects,
  ];
  const folder = storage.persistent && storage.owner ? () => ownedFolder(storage.dir) : undefined;
  const path = planned && callPath({ ...planned, mishaps: callMishaps(planned), networkOf: ec2.networkOf, spares });
  const endpoint = createEndpoint({ services, movement, random, faults, path, folder, onCall: options.onCall });
  const requestHandler = inProcessRequestHandler(endpoint, address);

  const aws: LocalAws = {
    clock,
    region,
    accountId,
    requestHandler,
    invoke,
    ec2,
    movement,
    clientConfig,
    tasksInHand: states.tasksInHand,
    executionSizes: states.executionSizes,
    failCalls: faults.fail,
    delayCalls: faults.delay,
    setVcpuQuotas(changed) {
      quotas = changed;
    },
    start() {
      if (started || !resume) return;
      started = true;
      states.start();
      bus.start();
      ec2.start();
      if (planned !== undefined) cancelDeployments = armDeployments({ ...planned, deploy: options.onDeployment });
    },
    async listen(listenOptions = {}) {
      ({ url } = await listeners.open(endpoint.answer, listenOptions));
      storage.announce(url);
      return { url };
    },
    park: movement.park,
    idle: movement.idle,
    async close() {
      cancelDeployments();
      closing.abort();
      bus.close();
      await ec2.close();
      await states.close();
      await listeners.close();
      await storage.close();
    },
    [Symbol.asyncDispose]: () => aws.close(),
  };
  return aws;
}

/** How fast Step Functions goes, as far as that is given. */
const paceOf = ({ timeScale, longPollMs, historyLimit }: LocalAwsOptions) => ({
  ...(timeScale !== undefined && { timeScale }),
  ...(longPollMs !== undefined && { longPollMs }),
  ...(historyLimit !== undefined && { historyLimit }),
});
