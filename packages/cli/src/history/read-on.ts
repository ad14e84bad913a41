import { type HistoryEvent, ListExecutionsCommand, type SFNClient } from "@aws-sdk/client-sfn";
import type { HistoryReader, Step } from "@muster/history";
import { historyPages, readHistory } from "./read-history.ts";

interface ReadOnOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of all that is read, the build's own first. */
  readonly onEvents?: (events: readonly HistoryEvent[]) => void;
}

/** Histories of platforms read at once: pages of them stay within the 20 a second that AWS allows. */
const AT_ONCE = 4;

/**
 * Reads on what has happened in a build since the last look; of a large one in the executions of its platforms, too. Answers the steps that changed.
 */
export async function readOn(
  sfn: SFNClient,
  executionArn: string,
  history: HistoryReader,
  { signal, onEvents = () => {} }: ReadOnOptions = {},
): Promise<readonly Step[]> {
  const options = signal === undefined ? {} : { signal };
  const changed = new Map<string, Step>();
  const note = (steps: readonly Step[]) => {
    for (const step of steps) changed.set(step.key, step);
  };
  for await (const events of ownEvents(sfn, executionArn, history, options)) {
    onEvents(events);
    note(history.read(events));
  }
  for (const { arn: mapRunArn, isOpen } of history.mapRuns) {
    const platforms = await platformsOf(sfn, mapRunArn, signal);
    const queue = platforms.filter((arn) => !history.platform(arn).hasEnded).values();
    const reader = async () => {
      for (const arn of queue) {
        const ofPlatform = await readHistory(sfn, arn, { afterId: history.platform(arn).lastEventId, ...options });
        onEvents(ofPlatform);
        note(history.readPlatform(arn, ofPlatform));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, reader));
    if (!isOpen && platforms.every((arn) => history.platform(arn).hasEnded)) history.leaveMapRun(mapRunArn);
  }
  return [...changed.values()];
}

/** How many events came at the look before, by whom they were read: about as many come at the next. */
const cameBefore = new WeakMap<HistoryReader, number>();

/** What the build's own execution has come to since the last look. */
async function* ownEvents(
  sfn: SFNClient,
  executionArn: string,
  history: HistoryReader,
  options: { signal?: AbortSignal },
): AsyncGenerator<readonly HistoryEvent[]> {
  const { lastEventId: afterId } = history.build;
  if (afterId === 0) return yield* historyPages(sfn, executionArn, options);
  const events = await readHistory(sfn, executionArn, { afterId, before: cameBefore.get(history), ...options });
  cameBefore.set(history, events.length);
  yield events;
}

/** Oldest first, as a build comes to them. */
async function platformsOf(sfn: SFNClient, mapRunArn: string, signal: AbortSignal | undefined): Promise<string[]> {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new ListExecutionsCommand({ mapRunArn, maxResults: 1000, nextToken }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    found.push(...(page.executions ?? []).flatMap(({ executionArn }) => executionArn ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found.reverse();
}
