import { type HttpListener, listenHttp, type OpenListener } from "./http-listener.ts";

/** The sockets that are open: the endpoint's, and one of each instance's metadata. */
export interface Listeners {
  readonly open: OpenListener;
  /** How many clients are connected to any of them. */
  connections(): number;
  close(): Promise<void>;
}

export function openListeners(): Listeners {
  const listeners = new Set<HttpListener>();
  return {
    async open(answer, options) {
      const opened = await listenHttp(answer, options);
      const listener: HttpListener = {
        url: opened.url,
        get connections() {
          return opened.connections;
        },
        close() {
          listeners.delete(listener);
          return opened.close();
        },
      };
      listeners.add(listener);
      return listener;
    },
    connections: () => [...listeners].reduce((sum, listener) => sum + listener.connections, 0),
    async close() {
      await Promise.all([...listeners].map((listener) => listener.close()));
    },
  };
}
