import type { ClientConfig } from "@muster/local";

type RequestHandler = ClientConfig["requestHandler"];

const never = new Promise<never>(() => {});

/** A request handler of a process that may die: from then on it asks nothing, and no answer finds it. */
export function untilDeath(inner: RequestHandler, isDead: () => boolean): RequestHandler {
  return {
    ...inner,
    async handle(request, options) {
      if (isDead()) return never;
      try {
        const answer = await inner.handle(request, options);
        return isDead() ? await never : answer;
      } catch (error) {
        if (isDead()) return never;
        throw error;
      }
    },
  };
}
