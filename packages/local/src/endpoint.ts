import { gunzipSync } from "node:zlib";
import { AwsError } from "./aws-error.ts";
import type { CallFaults } from "./call-faults.ts";
import { type Caller, readCaller } from "./caller.ts";
import { ConnectionError, errorOf, ForeignAnswer } from "./fault.ts";
import type { CallPath } from "./faults/call-path.ts";
import { Frozen } from "./faults/sandbox.ts";
import type { Movement } from "./movement.ts";
import type { Random } from "./random.ts";
import type { Call, Operation, OperationContext, Service, WireRequest, WireResponse } from "./service.ts";
import type { OwnedFolder } from "./storage/ask-folder-owner.ts";

/** What tests and diagnostics may see of every call that reached the endpoint. */
export interface ObservedCall {
  readonly service: string;
  readonly operation: string;
  readonly accessKeyId: string;
  readonly input: unknown;
  /** Set when the call failed. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface EndpointOptions {
  readonly services: readonly Service[];
  /** Services that are loaded when a signed request is the first to be for them, by their names. */
  readonly late?: Readonly<Record<string, () => Promise<Service>>>;
  readonly movement: Movement;
  readonly random: Random;
  readonly faults: Pick<CallFaults, "disturb">;
  /** What may happen to a call on its way by a plan of faults; without one, nothing. */
  readonly path?: CallPath | undefined;
  /** The folder whose state it serves, as it is now; absent where state does not outlive the process. */
  readonly folder?: (() => OwnedFolder | undefined) | undefined;
  /** Told after each call, before its answer leaves. */
  readonly onCall?: ((call: ObservedCall) => void) | undefined;
}

/** A request whose body has not been read: whether to read it depends on who will answer. */
export interface IncomingRequest extends Omit<WireRequest, "body" | "stream"> {
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

export interface Endpoint {
  /** Answers one request as AWS would; rejects only when `content` cannot be read, or a fault breaks the connection. */
  answer(request: IncomingRequest, context: { endpoint: string; signal: AbortSignal }): Promise<WireResponse>;
}

/** One address for all services: routes by signature scope, target header, form action and path. */
export function createEndpoint(options: EndpointOptions): Endpoint {
  const { services, late = {}, movement, random, faults, path, folder, onCall } = options;
  const byName = new Map(services.map((service) => [service.name, service]));

  const route = (request: IncomingRequest, caller: Caller): Service | Promise<Service> | undefined => {
    if (caller.service !== undefined) return byName.get(caller.service) ?? late[caller.service]?.();
    const target = request.headers["x-amz-target"];
    if (target !== undefined) return services.find(({ protocol }) => protocol.targetPrefix === target.split(".")[0]);
    return services.find((service) => service.claims?.(request));
  };

  const operate = async (
    service: Service,
    request: RereadableRequest,
    context: OperationContext,
  ): Promise<WireResponse> => {
    let call: Call | undefined;
    try {
      call = service.protocol.parse(request.read());
      const operation = call && findOperation(service, call.operation);
      if (call === undefined || operation === undefined) throw noSuchOperation(service, call?.operation);
      const { input } = call;
      const { delayed, fault } = faults.disturb({
        ...call,
        service: service.name,
        accessKeyId: context.accessKeyId,
      });
      if (delayed !== undefined) await movement.park(() => delayed);
      if (fault !== undefined && !fault.afterwards) throw errorOf(fault);
      const isLongPoll = service.longPolls?.includes(call.operation) === true;
      const takeEffect = (received: unknown, from: OperationContext): Promise<unknown> => {
        const run = async () => operation(received as never, from);
        return isLongPoll ? movement.park(run) : run();
      };
      const output =
        path === undefined
          ? await takeEffect(input, context)
          : await onItsWay(path, { service, call, request, context, takeEffect });
      if (fault !== undefined) throw errorOf(fault);
      observe(service, call, context.accessKeyId);
      return service.protocol.respond(call, output, context.requestId);
    } catch (thrown) {
      const ordered = thrown instanceof ConnectionError || thrown instanceof ForeignAnswer || thrown instanceof Frozen;
      const error = ordered ? thrown : asAwsError(thrown);
      observe(service, call, context.accessKeyId, error);
      if (error instanceof ConnectionError || error instanceof Frozen) throw error;
      if (error instanceof ForeignAnswer) return error.response;
      return service.protocol.fail(call, error, context.requestId);
    }
  };

  const observe = (
    service: Service,
    call: Call | undefined,
    accessKeyId: string,
    error?: { readonly code: string; readonly message: string },
  ) =>
    onCall?.({
      service: service.name,
      operation: call?.operation ?? "",
      accessKeyId,
      input: call?.input,
      ...(error && { error: { code: error.code, message: error.message } }),
    });

  return {
    answer: (incoming, { endpoint, signal }) =>
      movement.track(`${incoming.method} ${incoming.headers["x-amz-target"] ?? incoming.url}`, async () => {
        if (incoming.url === HEALTH_PATH) return health(services, folder);
        if (isFromWebPage(incoming)) return webPagesMayOnlyRead();
        const caller = readCaller(incoming);
        const found = route(incoming, caller);
        const service = found instanceof Promise ? await found : found;
        const { content, ...head } = incoming;
        const requestId = random.uuid();
        if (service === undefined) return noSuchService(caller.service, [...byName.keys()], requestId);
        const request = service.streams
          ? streamed(head, content)
          : rereadable({ ...head, body: decode(head.headers, await readAll(content)) });
        return operate(service, request, { requestId, accessKeyId: caller.accessKeyId, endpoint, signal });
      }),
  };
}

/** A request whose body may be a stream that can be read once, or again and again. */
interface RereadableRequest {
  read(): WireRequest;
  readonly again: boolean;
}

const rereadable = (request: WireRequest): RereadableRequest => ({ read: () => request, again: true });

const streamed = (
  head: Omit<WireRequest, "body" | "stream">,
  content: IncomingRequest["content"],
): RereadableRequest => ({
  read: () => ({ ...head, body: EMPTY, stream: content instanceof Uint8Array ? once(content) : content }),
  again: content instanceof Uint8Array,
});

interface CallUnderWay {
  readonly service: Service;
  readonly call: Call;
  readonly request: RereadableRequest;
  readonly context: OperationContext;
  readonly takeEffect: (input: unknown, context: OperationContext) => Promise<unknown>;
}

/** Whatever a plan of faults has in store for the call; each time that it takes effect, it is as if it had just come. */
function onItsWay(path: CallPath, { service, call, request, context, takeEffect }: CallUnderWay): Promise<unknown> {
  const { method, headers } = request.read();
  const writes = service.name === "s3" && method !== "GET" && method !== "HEAD";
  let taken = 0;
  return path(
    {
      service: service.name,
      operation: call.operation,
      about: service.subjectOf?.(call),
      accessKeyId: context.accessKeyId,
      conditional: writes && (headers["if-match"] ?? headers["if-none-match"]) !== undefined,
      repeatable: request.again,
    },
    async (signal) => {
      const { input } = taken++ === 0 ? call : (service.protocol.parse(request.read()) ?? call);
      return takeEffect(input, { ...context, signal });
    },
    context.signal,
  );
}

/** Signatures are not verified, so a page in this machine's browser must not be able to make calls that change anything. */
function isFromWebPage({ method, headers }: IncomingRequest): boolean {
  return headers.origin !== undefined && method !== "GET" && method !== "HEAD";
}

function webPagesMayOnlyRead(): WireResponse {
  const message = "calls that change something are not taken from web pages";
  return {
    status: 403,
    headers: { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" },
    body: JSON.stringify({ __type: "AccessDeniedException", message }),
  };
}

/** No bucket's name may start with an underscore, so this path is nobody else's. */
const HEALTH_PATH = "/_health";

/** Who finds a folder's lock asks here whether it is this folder's: a copy has the same. */
function health(services: readonly Service[], folder: EndpointOptions["folder"]): WireResponse {
  const owned = folder === undefined ? {} : { folder: folder() ?? null };
  const body = JSON.stringify({ status: "ok", services: services.map(({ name }) => name), ...owned });
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

const EMPTY = new Uint8Array();

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

async function readAll(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content;
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** CloudWatch's clients compress larger requests. */
function decode(headers: WireRequest["headers"], body: Uint8Array): Uint8Array {
  return headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

function findOperation({ operations }: Service, name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? operations[name] : undefined;
}

/** What AWS has and this machine has not is told apart from what AWS has not either. */
function noSuchOperation({ name: service, api }: Service, name = ""): AwsError {
  if (api?.model.operations.has(name)) return api.refusals.refusedOperation(name);
  return (
    api?.refusals.unknownOperation(name) ??
    new AwsError("UnknownOperationException", `The local ${service} has no operation ${name}`, { status: 404 })
  );
}

/** Whatever is not an AWS error is this program's own fault, and reported as AWS reports its own. */
function asAwsError(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown;
  if (thrown instanceof URIError) return new AwsError("InvalidURI", "The URI could not be parsed");
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AwsError("InternalFailure", message, { status: 500 });
}

function noSuchService(name: string | undefined, known: readonly string[], requestId: string): WireResponse {
  const message = `no local service answers ${name === undefined ? "this request" : `"${name}"`}; there are ${known.join(", ")}`;
  return {
    status: 501,
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amzn-errortype": "UnknownOperationException",
      "x-amzn-requestid": requestId,
    },
    body: JSON.stringify({ __type: "UnknownOperationException", message }),
  };
}
