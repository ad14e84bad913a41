import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { type Answer, GithubRepository } from "./github-repository.ts";

const run = promisify(execFile);

/** What befalls a request instead of, or after, its answer. */
export type Fault =
  | { readonly kind: "answer"; readonly status: number; readonly message: string }
  /** It is done, and nobody hears of it. */
  | { readonly kind: "lost" };

export interface Github extends AsyncDisposable {
  readonly repository: GithubRepository;
  /** Asked of each request: `POST /repos/example/hello/releases`. */
  fault: (request: string) => Fault | undefined;
  /** All requests that were answered, as `fault` sees them. */
  readonly requests: string[];
  /** What leads gh there: it asks for https://api.github.com as ever, through a proxy, and trusts its certificate. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The part of GitHub that releases need, on this machine; what it answers is GitHub's documented REST API. */
export async function startGithub(
  folder: string,
  options: { tags: readonly string[]; token: string },
): Promise<Github> {
  const { key, certificate } = await makeCertificate(folder);
  const repository = new GithubRepository(options.tags);
  const tls = createServer({ key: await readFile(key), cert: await readFile(certificate) }, (request, response) => {
    answer(github, options.token, request, response).catch((error: Error) => response.destroy(error));
  });
  await listen(tls);
  const proxy = createProxy((_request, response) => response.writeHead(501).end());
  const sockets = new Set<Socket>();
  proxy.on("connect", (_request, client: Socket) => {
    const server = connect((tls.address() as AddressInfo).port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      server.pipe(client).pipe(server);
    });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        server.destroy();
        client.destroy();
      });
    }
  });
  await listen(proxy);
  const github: Github = {
    repository,
    requests: [],
    fault: () => undefined,
    environment: {
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      SSL_CERT_FILE: certificate,
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([tls, proxy].map((server) => new Promise((closed) => server.close(closed))));
    },
  };
  return github;
}

async function makeCertificate(folder: string): Promise<{ key: string; certificate: string }> {
  const key = join(folder, "github.key");
  const certificate = join(folder, "github.pem");
  const names = ["api.github.com", "uploads.github.com"].map((name) => `DNS:${name}`).join(",");
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"];
  const subject = ["-subj", "/CN=api.github.com", "-addext", `subjectAltName=${names}`];
  await run("openssl", ["req", ...kind, ...subject, "-keyout", key, "-out", certificate]);
  return { key, certificate };
}

async function listen(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

async function answer(
  github: Github,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(request);
  const url = new URL(request.url ?? "", `https://${request.headers.host}`);
  const said = `${request.method} ${url.pathname}`;
  github.requests.push(said);
  const fault = github.fault(said);
  if (fault?.kind === "answer") return send(response, { status: fault.status, body: { message: fault.message } });
  if (request.headers.authorization !== `token ${token}`)
    return send(response, { status: 401, body: { message: "Bad credentials" } });
  const given = github.repository.answer({
    method: request.method ?? "",
    url,
    body,
    wantsBytes: request.headers.accept?.includes("octet-stream") ?? false,
  });
  if (fault?.kind === "lost") request.socket.destroy();
  else send(response, given);
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const isBytes = Buffer.isBuffer(body);
  response.writeHead(status, { "content-type": isBytes ? "application/octet-stream" : "application/json" });
  response.end(isBytes || body === undefined ? body : JSON.stringify(body));
}
