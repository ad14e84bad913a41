const HOUR_MS = 3_600_000;

/**
 * What a schedule does on AWS: lets the reaper drop the records and machines that nobody needs any more. Most owners of a folder do not live for
 * an hour, so it begins at once.
 * @returns ends it, after what is under way
 */
export function reapHourly(reap: () => Promise<unknown>, onError: (error: unknown) => void): () => Promise<void> {
  let underWay = Promise.resolve();
  const begin = () => {
    underWay = reap().then(() => undefined, onError);
  };
  const timer = setInterval(begin, HOUR_MS);
  timer.unref();
  begin();
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}
