import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { AwsError } from "./aws-error.ts";
import type { IncomingRequest } from "./endpoint.ts";
import { whyRefused } from "./refuse-strangers.ts";
import type { WireResponse } from "./service.ts";

/** Answers one request; the signal aborts when the client has gone away. */
export type Answer = (
  request: IncomingRequest,
  context: { endpoint: string; signal: AbortSignal },
) => Promise<WireResponse>;

export interface HttpListener {
  readonly url: string;
  /** Connections that are open now, idle ones included. */
  readonly connections: number;
  /** Stops listening and cuts what is open: clients see a reset, as when a machine dies. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port?: number;
  /** Names and addresses, beside loopback ones, under which clients may ask. */
  readonly allowedHosts?: readonly string[];
}

export type OpenListener = (answer: Answer, options: ListenOptions) => Promise<HttpListener>;

/** Serves `answer` over HTTP/1.1. Rejects with a `PortInUse` error, naming the port, where another program has it. */
export async function listenHttp(
  answer: Answer,
  { host = "127.0.0.1", port = 0, allowedHosts = [] }: ListenOptions,
): Promise<HttpListener> {
  const sockets = new Set<object>();
  let url = "";
  const server = createServer((incoming, outgoing) => {
    const refusal = whyRefused(incoming.headers.host, allowedHosts);
    if (refusal !== undefined) return refuse(outgoing, refusal);
    serve(answer, url, incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Long polls are held for a minute, and uploads may take longer than Node's default limit for a whole request.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 70_000;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await listening(server, host, port);
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    url,
    get connections() {
      return sockets.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Nothing of the request is looked at, its body included. */
function refuse(outgoing: ServerResponse, reason: string): void {
  outgoing.writeHead(403, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(`${reason}\n`);
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return reject(error);
      const why = error.code === "EADDRINUSE" ? "is used by another program" : "may not be opened by this user";
      reject(new AwsError("PortInUse", `port ${port} on ${host} ${why}; choose another with --port`));
    });
    server.listen(port, host, resolve);
  });
}

async function serve(answer: Answer, url: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort(new Error("the client went away"));
  });
  const host = incoming.headers.host;
  const response = await answer(
    {
      method: incoming.method ?? "GET",
      url: incoming.url ?? "/",
      headers: flatten(incoming),
      content: incoming.iterator({ destroyOnReturn: false }),
    },
    { endpoint: host === undefined ? url : `http://${host}`, signal: gone.signal },
  );
  // A body that nobody asked for would otherwise block the connection for the next request.
  if (!incoming.readableEnded) incoming.resume();
  await send(incoming.method, response, outgoing);
}

async function send(method: string | undefined, response: WireResponse, outgoing: ServerResponse): Promise<void> {
  const { status, headers, body, stream } = response;
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const length = stream === undefined && status !== 204 && status !== 304 ? { "content-length": bytes.length } : {};
  outgoing.writeHead(status, { ...length, ...asBytes(headers) });
  if (method === "HEAD" || status === 204 || status === 304) {
    stream?.destroy();
    outgoing.end();
  } else if (stream === undefined) outgoing.end(bytes);
  else await pipeline(stream, outgoing);
}

/** A header's characters are its bytes; text that holds others goes as UTF-8. */
function asBytes(headers: WireResponse["headers"]): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of bytes begins there
    /[^\u0000-\u00ff]/.test(value) ? Buffer.from(value).toString("latin1") : value,
  ]);
  return Object.fromEntries(entries);
}

function flatten({ headers }: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
