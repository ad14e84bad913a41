import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from "@aws-sdk/client-sfn";

/** The most that one page holds. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
/** Events that one call answers. */
export const PAGE = 1000;

/** All events of an execution, oldest first; one page is held at a time. */
export async function* executionHistory(sfn: SFNClient, executionArn: string): AsyncGenerator<HistoryEvent> {
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: PAGE, includeExecutionData: true, nextToken }),
    );
    yield* page.events ?? [];
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
