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
