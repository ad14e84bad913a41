import {
  GetExecutionHistoryCommand,
  type GetExecutionHistoryOutput,
  type HistoryEvent,
  type SFNClient,
} from "@aws-sdk/client-sfn";

/** The most events AWS answers at once. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
const PAGE = 1000;
/** Between two looks at a running build little has happened; where more has, the rest comes in whole pages. */
const SMALL_PAGE = 100;
/** An event may carry what a state was given, which is longer the more platforms a version has. */
const SMALLEST_PAGE = 16;

interface ReadHistoryOptions {
  /** The last event that is known. */
  readonly afterId?: number;
  /** How many events came at the look before, where there was one: about as many will have come now. */
  readonly before?: number | undefined;
  readonly signal?: AbortSignal;
}

/**
 * The events after `afterId`, oldest first. It reads backwards, because a history can only be paged from its ends:
 * a second look at a long one then costs one call, not twenty-five.
 */
export async function readHistory(
  sfn: SFNClient,
  executionArn: string,
  { afterId = 0, before, signal }: ReadHistoryOptions = {},
): Promise<HistoryEvent[]> {
  const newest: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        includeExecutionData: true,
        maxResults: afterId > 0 && nextToken === undefined ? firstPage(before) : PAGE,
        nextToken,
      }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    for (const event of page.events ?? []) {
      if ((event.id ?? 0) <= afterId) return newest.reverse();
      newest.push(event);
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return newest.reverse();
}

/** All events, oldest first, a page at a time: who reads a build from its beginning need not hold all of it. */
export async function* historyPages(
  sfn: SFNClient,
  executionArn: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<readonly HistoryEvent[]> {
  let nextToken: string | undefined;
  do {
    const page: GetExecutionHistoryOutput = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, includeExecutionData: true, maxResults: PAGE, nextToken }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    yield page.events ?? [];
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

/** Room for twice as many as came before: a second call costs more than a few events that are known. */
const firstPage = (before = SMALL_PAGE / 2): number => Math.min(PAGE, Math.max(SMALLEST_PAGE, 2 * before));
