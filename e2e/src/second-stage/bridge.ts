import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

export type Functions = ReadonlyMap<string, (event: unknown) => Promise<unknown>>;

export interface Bridge extends AsyncDisposable {
  /** What every client takes for AWS. */
  readonly url: string;
  readonly port: number;
}

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;

/**
 * An address in front of an emulator that can run no functions: it answers Invoke itself, and hands on everything else as it is.
 * @param emulator its address
 * @param afterCall told after each call that was handed on, by the service that its signature names
 */
export async function openBridge(
  functions: Functions,
  { emulator, afterCall }: { emulator: () => string; afterCall: (service: string) => void },
): Promise<Bridge> {
  const server = createServer((incoming, outgoing) => {
    const name = INVOKE.exec(incoming.url ?? "")?.[1];
    const answer =
      name === undefined ? handOn(emulator(), incoming, outgoing) : invoke(functions, name, incoming, outgoing);
    answer.then(
      () => afterCall(serviceOf(incoming)),
      () => outgoing.destroy(),
    );
  });
  server.requestTimeout = 0;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** As Lambda answers: an error of the function is no error of the call. */
async function invoke(functions: Functions, name: string, incoming: IncomingMessage, outgoing: ServerResponse) {
  const event: unknown = JSON.parse((await buffer(incoming)).toString() || "{}");
  const run = functions.get(decodeURIComponent(name).split(":").at(-1) ?? "");
  if (run === undefined) {
    outgoing.writeHead(404, { "x-amzn-errortype": "ResourceNotFoundException" }).end("{}");
    return;
  }
  try {
    outgoing.writeHead(200).end(JSON.stringify((await run(event)) ?? null));
  } catch (error) {
    const { name: errorType, message: errorMessage } = error as Error;
    outgoing.writeHead(200, { "x-amz-function-error": "Unhandled" }).end(JSON.stringify({ errorType, errorMessage }));
  }
}

async function handOn(emulator: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method, url = "/", headers } = incoming;
  const onward = request(`${emulator}${url}`, { method, headers });
  outgoing.once("close", () => onward.destroy());
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    onward.once("response", resolve).once("error", reject);
  });
  await pipeline(incoming, onward);
  const answer = await answered;
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, outgoing);
}

/** `Credential=<key>/<day>/<region>/<service>/aws4_request` */
const serviceOf = ({ headers }: IncomingMessage): string =>
  /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
