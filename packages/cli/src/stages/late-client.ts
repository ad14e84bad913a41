/** A client that few commands need: made once, when it is first asked for. */
export function lateClient<T extends { destroy(): void }>(make: () => Promise<T>) {
  let client: Promise<T> | undefined;
  return {
    get: (): Promise<T> => {
      client ??= make();
      return client;
    },
    /** Lets go of it, where there is one. */
    close: async (): Promise<void> => (await client)?.destroy(),
  };
}
