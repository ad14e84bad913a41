import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "../usage-error.ts";

const HOST = "127.0.0.1";

/** Answers what is asked for: a path without its query. */
export type AnswerPath = (path: string, outgoing: ServerResponse) => Promise<void>;

export interface PageServer {
  /** With a slash at its end. */
  readonly url: string;
  /** Cuts what is open. */
  close(): Promise<void>;
}

/** Serves pages to browsers of this machine. @param port 0 takes a free one */
export async function openPageServer(answer: AnswerPath, { port }: { port: number }): Promise<PageServer> {
  const server = createServer((incoming, outgoing) => {
    for (const [name, value] of Object.entries(HEADERS)) outgoing.setHeader(name, value);
    const refusal = whyRefused(incoming, (server.address() as AddressInfo).port);
    if (refusal !== undefined) return sendText(outgoing, refusal.status, refusal.why);
    const { pathname } = new URL(incoming.url ?? "/", "http://localhost");
    answer(pathname, outgoing).catch(() => outgoing.destroy());
  });
  await listening(server, port);
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What is served tells of builds: no other site may frame it or load it, and nothing of it is kept. */
const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export function sendText(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

/**
 * Why a request is not answered; undefined for one that is. A web page may rebind its own name to this address, and then read what it gets as its own:
 * it cannot say that it asked for a loopback name. Another site's page may not ask here at all, but for a link to be followed.
 */
function whyRefused(
  { method, headers }: Pick<IncomingMessage, "method" | "headers">,
  port: number,
): { status: number; why: string } | undefined {
  if (method !== "GET" && method !== "HEAD") return { status: 405, why: "pages are only read" };
  const hosts = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`);
  const { host = "", origin } = headers;
  if (!hosts.includes(host.toLowerCase()))
    return { status: 403, why: `the name ${JSON.stringify(host)} is not answered: ask for 127.0.0.1:${port}` };
  if (origin !== undefined && !hosts.some((own) => origin === `http://${own}`))
    return { status: 403, why: `pages of ${JSON.stringify(origin)} are not answered` };
  const isLink = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  const site = headers["sec-fetch-site"];
  if ((site === "cross-site" || site === "same-site") && !isLink)
    return { status: 403, why: "pages of other sites are not answered" };
  return undefined;
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return reject(error);
      const why = error.code === "EADDRINUSE" ? "is used by another program" : "may not be opened by this user";
      reject(new UsageError(`port ${port} on ${HOST} ${why}`, { hint: "choose another, or 0 for a free one" }));
    });
    server.listen(port, HOST, resolve);
  });
}
