import { type Clock, realClock } from "./clock.ts";
import { createEndpoint, type ObservedCall } from "./endpoint.ts";
import { type HttpListener, type ListenOptions, listenHttp } from "./http-listener.ts";
import type { InvokeFunction } from "./lambda-functions.ts";
import { createMovement, type IdleOptions } from "./movement.ts";
import { createRandom } from "./random.ts";
import { inProcessRequestHandler, type RequestHandler } from "./request-handler.ts";
import { createInvoker, type LambdaFunctions } from "./services/lambda/invoker.ts";
import { lambda } from "./services/lambda/lambda.ts";
import { s3 } from "./services/s3/s3.ts";
import { openStorage } from "./storage/storage.ts";

export interface LocalAwsOptions {
  /** State outlives the process in this folder; without one it ends with `close`. */
  readonly dir?: string;
  readonly clock?: Clock;
  /** Default us-west-2. */
  readonly region?: string;
  /** Default 000000000000. */
  readonly accountId?: string;
  /** False: a view of a folder that another process owns; nothing is written and nothing moves. */
  readonly resume?: boolean;
  readonly functions?: LambdaFunctions;
  /** The same seed gives the same ids. For tests: ids must not repeat in a folder that lives on. */
  readonly seed?: string | number;
  /** Told of every call, before its answer leaves. */
  readonly onCall?: (call: ObservedCall) => void;
  /** Told of stored state that cannot be read: its name and why. */
  readonly onDamaged?: (name: string, reason: string) => void;
}

/** What an SDK client needs to talk to this AWS in process: `new S3Client(aws.clientConfig())`. */
export interface ClientConfig {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoint: string;
  readonly requestHandler: RequestHandler;
}

export interface LocalAws extends AsyncDisposable {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly requestHandler: RequestHandler;
  /** The same services, by the same code, as over a socket. `accessKeyId` is who calls. */
  clientConfig(accessKeyId?: string): ClientConfig;
  readonly invoke: InvokeFunction;
  /** Lets what was under way when the folder was last closed go on. Idempotent. */
  start(): void;
  /** Opens the endpoint for clients of other processes. */
  listen(options?: ListenOptions): Promise<{ readonly url: string }>;
  /** Resolves when nothing can move without time. */
  idle(options?: IdleOptions): Promise<void>;
  close(): Promise<void>;
}

/** Where in-process clients believe to be: an address, because S3's clients then put buckets into the path. */
const IN_PROCESS = "http://127.0.0.1";

/** AWS on this machine. Throws one clear line when the folder cannot be used. */
export function createLocalAws(options: LocalAwsOptions = {}): LocalAws {
  const { clock = realClock(), region = "us-west-2", accountId = "000000000000", functions = {} } = options;
  const random = createRandom(options.seed);
  const listeners: HttpListener[] = [];
  const movement = createMovement(() => listeners.reduce((sum, listener) => sum + listener.connections, 0));
  const storage = openStorage({
    dir: options.dir,
    owner: options.resume ?? true,
    onDamaged: options.onDamaged ?? (() => {}),
  });
  const invoke = createInvoker({ functions, movement, random });
  const services = [
    lambda({ functions, invoke, clock, movement, region, accountId }),
    s3({ storage, clock, random, region }),
  ];
  const endpoint = createEndpoint({ services, movement, random, onCall: options.onCall });
  const address = () => listeners[0]?.url ?? IN_PROCESS;
  const requestHandler = inProcessRequestHandler(endpoint, address);

  const aws: LocalAws = {
    clock,
    region,
    accountId,
    requestHandler,
    invoke,
    clientConfig: (accessKeyId = "AKIALOCALLOCALLOCAL0") => ({
      region,
      credentials: { accessKeyId, secretAccessKey: "local" },
      endpoint: address(),
      requestHandler,
    }),
    start() {},
    async listen(listenOptions = {}) {
      const listener = await listenHttp(endpoint.answer, listenOptions);
      listeners.push(listener);
      storage.announce(listener.url);
      return { url: listener.url };
    },
    idle: movement.idle,
    async close() {
      await Promise.all(listeners.splice(0).map((listener) => listener.close()));
      await storage.close();
    },
    [Symbol.asyncDispose]: () => aws.close(),
  };
  return aws;
}
