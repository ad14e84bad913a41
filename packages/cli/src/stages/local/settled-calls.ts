type Call = (event: unknown) => Promise<unknown>;

/** A function that events call: a process that ends waits for the calls that have begun, whatever becomes of them. */
export function settledCalls(call: Call): { readonly call: Call; settled(): Promise<void> } {
  const begun = new Set<Promise<unknown>>();
  return {
    call(event) {
      const answer = call(event);
      begun.add(answer);
      const end = () => begun.delete(answer);
      answer.then(end, end);
      return answer;
    },
    async settled() {
      await Promise.allSettled(begun);
    },
  };
}
