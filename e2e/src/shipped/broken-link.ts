import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface LinkOptions {
  /** Where it leads: an http: URL. */
  readonly url: string;
  /** So many bytes pass on each connection, of either direction together, before it breaks. */
  readonly bytes: number;
  /** So many connections break; later ones hold. */
  readonly times: number;
}

export interface BrokenLink extends AsyncDisposable {
  readonly url: string;
  /** Connections that broke. */
  broken(): number;
  /** Resolves when so many bytes have passed, over all connections. */
  passed(bytes: number): Promise<void>;
}

/** A line to an endpoint whose connections break off in the middle. */
export async function brokenLink({ url, bytes, times }: LinkOptions): Promise<BrokenLink> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const watchers = new Set<() => void>();
  let broken = 0;
  let total = 0;
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    const ends = [near, far];
    let left = broken < times ? bytes : Number.POSITIVE_INFINITY;
    const pass = (from: Socket, to: Socket) =>
      from.on("data", (chunk: Buffer) => {
        if (left <= 0) return;
        left -= chunk.length;
        total += chunk.length;
        for (const look of watchers) look();
        if (left > 0) {
          if (!to.write(chunk)) from.pause();
          return;
        }
        broken++;
        for (const end of ends) end.destroy();
      });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      pass(from, to);
      to.on("drain", () => from.resume());
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroySoon();
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    broken: () => broken,
    passed: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (total < wanted) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
