import { type HttpRequest, HttpResponse } from "@smithy/protocol-http";
import type { Endpoint } from "./endpoint.ts";
import { Frozen } from "./faults/sandbox.ts";
import type { WireResponse } from "./service.ts";

/** What an SDK client takes as its `requestHandler`. */
export interface RequestHandler {
  handle(request: HttpRequest, options?: { abortSignal?: unknown }): Promise<{ response: HttpResponse }>;
  updateHttpClientConfig(key: never, value: never): void;
  httpHandlerConfigs(): Record<string, never>;
  readonly metadata: { readonly handlerProtocol: string };
  destroy(): void;
}

/** Lets SDK clients of this process call the endpoint without a socket, and so without any time passing. */
export function inProcessRequestHandler(endpoint: Endpoint, address: () => string): RequestHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request, { abortSignal } = {}) {
      const { signal, unlink } = linkAbort(abortSignal);
      try {
        signal.throwIfAborted();
        const answer = endpoint.answer(
          {
            method: request.method,
            url: urlOf(request),
            headers: lowerCase(request.headers, request.hostname, request.port),
            content: contentOf(request.body),
          },
          { endpoint: address(), signal },
        );
        const answered = abortSignal === undefined ? answer : Promise.race([answer, abortOf(signal)]);
        return { response: responseOf(request, await answered) };
      } catch (error) {
        return forgetIfFrozen(error);
      } finally {
        unlink();
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

/** Whoever has come to a stand waits for this answer for good, and is forgotten with it. */
function forgetIfFrozen(error: unknown): Promise<never> {
  if (error instanceof Frozen) return new Promise(() => {});
  throw error;
}

/**
 * The SDK also accepts signals that only have `onabort`; AWS clients retry nothing that was aborted under this name. A signal may outlive
 * thousands of calls, and would hold the answer of each until it is unlinked.
 */
function linkAbort(signal: unknown): { readonly signal: AbortSignal; readonly unlink: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
  if (signal instanceof AbortSignal) {
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  } else if (typeof signal === "object" && signal !== null && "onabort" in signal) {
    signal.onabort = abort;
  }
  return {
    signal: controller.signal,
    unlink() {
      if (signal instanceof AbortSignal) signal.removeEventListener("abort", abort);
      else if (typeof signal === "object" && signal !== null && "onabort" in signal) signal.onabort = null;
    },
  };
}

function urlOf({ path, query }: HttpRequest): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) => {
    if (value === null) return [escapeUri(name)];
    return (Array.isArray(value) ? value : [value]).map((item) => `${escapeUri(name)}=${escapeUri(item)}`);
  });
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}

const escapeUri = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function lowerCase(headers: HttpRequest["headers"], hostname: string, port?: number): Record<string, string> {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { host: port === undefined ? hostname : `${hostname}:${port}`, ...lower };
}

function contentOf(body: unknown): Uint8Array | AsyncIterable<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === "string") return Buffer.from(body);
  // A plain view: the SDK's own subclass warns about each of the string methods that it has, and Buffer.from calls one.
  if (body instanceof Uint8Array) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (typeof body === "object" && Symbol.asyncIterator in body) return body as AsyncIterable<Uint8Array>;
  throw new TypeError("the request's body is neither text, bytes nor a stream");
}

/** Clients take bytes as they are; only where S3 streams an object they insist on a stream. */
function responseOf(request: HttpRequest, { status, headers, body, stream }: WireResponse): HttpResponse {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const withoutBody = request.method === "HEAD" || status === 204 || status === 304;
  const content = withoutBody ? new Uint8Array() : bytes;
  return new HttpResponse({
    statusCode: status,
    headers: { "content-length": String(bytes.length), ...headers },
    body: stream ?? content,
  });
}
