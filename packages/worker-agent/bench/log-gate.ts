import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A way to the stage's endpoint that can be cut, as networks are: for CloudWatch alone, while all else goes on. */
export interface LogGate {
  readonly url: string;
  /** Connections break, and new ones are refused. */
  refuse(): Promise<void>;
  /** Connections are taken, and then nothing comes through: packets are lost on their way. */
  swallow(): Promise<void>;
  /** Everything goes through, also what was held up. */
  open(): Promise<void>;
}

export async function logGate(target: string): Promise<LogGate> {
  const { port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let isSwallowing = false;
  let port = 0;
  let server: Server | undefined;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
  };
  const listen = async () => {
    if (server !== undefined) return;
    server = createServer((client) => {
      const service = connect(Number(targetPort), "127.0.0.1");
      for (const socket of [client, service]) keep(socket);
      client.on("data", (bytes) => service.write(bytes)).on("close", () => service.destroy());
      service.on("data", (bytes) => client.write(bytes)).on("close", () => client.destroy());
      if (isSwallowing) for (const socket of [client, service]) socket.pause();
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  };
  const close = async () => {
    const closed = server;
    server = undefined;
    for (const socket of sockets) socket.destroy();
    if (closed !== undefined) await new Promise((resolve) => closed.close(resolve));
  };
  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    refuse: close,
    async swallow() {
      isSwallowing = true;
      for (const socket of sockets) socket.pause();
      await listen();
    },
    async open() {
      isSwallowing = false;
      for (const socket of sockets) socket.resume();
      await listen();
    },
  };
}
