import { type ExecutionListItem, ListExecutionsCommand, type SFNClient } from "@aws-sdk/client-sfn";

/** Executions of a state machine that have not ended. */
export async function runningBuilds(sfn: SFNClient, stateMachineArn: string): Promise<ExecutionListItem[]> {
  const running: ExecutionListItem[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: "RUNNING", nextToken }));
    running.push(...(page.executions ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return running;
}

/** ARNs of the executions that Map Runs started: each runs one platform's steps. */
export async function* platformsOf(
  sfn: SFNClient,
  mapRunArns: readonly string[],
  { statusFilter }: { readonly statusFilter?: "RUNNING" } = {},
): AsyncGenerator<string> {
  for (const mapRunArn of mapRunArns) {
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(
        new ListExecutionsCommand({ mapRunArn, statusFilter, maxResults: MOST_LISTED, nextToken }),
      );
      for (const { executionArn } of page.executions ?? []) if (executionArn !== undefined) yield executionArn;
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
const MOST_LISTED = 1000;
