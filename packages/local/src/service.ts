import type { Readable } from "node:stream";
import type { ServiceApi } from "./service-api.ts";

/** One request as it reached the endpoint, by socket or in process. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as sent, percent-encoded, starting with "/". */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body of a service that `streams`; `body` is then empty. It may be consumed once. */
  readonly stream?: AsyncIterable<Uint8Array>;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  /** Sent instead of `body`, for answers that should not be held in memory. */
  readonly stream?: Readable;
}

/** What an operation may know of its caller. */
export interface OperationContext {
  readonly requestId: string;
  /** Aborted when the client has gone away; a long poll must then hand out nothing. */
  readonly signal: AbortSignal;
  /** The access key id that signed the request: who is calling. */
  readonly accessKeyId: string;
  /** The address the client used, for example http://127.0.0.1:4566: URLs in answers start with it. */
  readonly endpoint: string;
}

/** Takes the parsed input, answers the output's members; throws AwsError. It knows nothing of HTTP. */
export type Operation = (input: never, context: OperationContext) => unknown;

export interface Call {
  readonly operation: string;
  readonly input: unknown;
}

/** How calls of one service travel: AWS JSON, EC2's query protocol, REST-XML, REST-JSON. */
export interface Protocol {
  /** What the header X-Amz-Target starts with, for protocols that use it. */
  readonly targetPrefix?: string;
  /** Which operation is asked for, with its input; undefined when the request is not of this service. */
  parse(request: WireRequest): Call | undefined;
  respond(call: Call, output: unknown, requestId: string): WireResponse;
  fail(
    call: Call | undefined,
    error: { code: string; message: string; status: number; fields: Readonly<Record<string, unknown>> },
    requestId: string,
  ): WireResponse;
}

export interface Service {
  /** The name in a signature's credential scope: `states`, `ec2`, `s3`, `logs`, `lambda`, … */
  readonly name: string;
  readonly protocol: Protocol;
  readonly operations: Readonly<Record<string, Operation>>;
  /** What requests may hold; absent where the protocol itself looks after that. */
  readonly api?: ServiceApi;
  /** Operations that wait for someone else's call: while only these are open, nothing moves unless time does. */
  readonly longPolls?: readonly string[];
  /** What a call is about, by a name that is the same in every run: an object's key, an activity. Tells planned faults apart. */
  readonly subjectOf?: (call: Call) => string | undefined;
  /** Bodies arrive as `WireRequest.stream`: they may be larger than memory. */
  readonly streams?: boolean;
  /** Whether an unsigned request is for this service; whoever signs is routed by the signature's scope. */
  readonly claims?: (request: Pick<WireRequest, "method" | "url" | "headers">) => boolean;
}

/** A service whose operations get what its API allows, and so may trust their input. */
export function service(name: string, definition: Omit<Service, "name">): Service {
  const { api, operations } = definition;
  return { name, ...definition, operations: api === undefined ? operations : withAllowList(operations, api) };
}

function withAllowList(operations: Service["operations"], api: ServiceApi): Service["operations"] {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      ((input: never, context) => {
        api.check(name, input);
        return operation(input, context);
      }) satisfies Operation,
    ]),
  );
}
