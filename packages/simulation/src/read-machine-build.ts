import { DescribeExecutionCommand, paginateGetExecutionHistory, type SFNClient } from "@aws-sdk/client-sfn";
import { fixedState, TaskInput } from "@muster/pipeline";

/** What a build came to that has ended, by its own history. */
export async function readMachineBuild(sfn: SFNClient, executionArn: string | undefined) {
  const { status, output, error, cause, startDate, stopDate } = await sfn.send(
    new DescribeExecutionCommand({ executionArn }),
  );
  const states: string[] = [];
  const published: { readonly task: string; readonly at: number }[] = [];
  let length = 0;
  let results: unknown;
  for await (const { events } of paginateGetExecutionHistory({ client: sfn }, { executionArn })) {
    length += events?.length ?? 0;
    for (const event of events ?? []) {
      const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
      const { input } = event.activityScheduledEventDetails ?? {};
      if (input !== undefined) {
        published.push({ task: TaskInput.parse(JSON.parse(input)).name, at: event.timestamp?.getTime() ?? 0 });
      }
      if (entered?.name !== undefined) states.push(entered.name);
      if (exited?.name === fixedState.normalizeResults) results = JSON.parse(exited.output ?? "");
    }
  }
  return {
    status,
    output: output === undefined ? undefined : (JSON.parse(output) as unknown),
    error,
    message: cause === undefined ? undefined : (JSON.parse(cause) as { errorMessage: string }).errorMessage,
    /** Of the history. */
    events: length,
    /** Names of the states in the order in which they were entered. */
    states,
    /** Each attempt of a task, in milliseconds. */
    published,
    /** What NormalizeResults answered, also of a build that failed. */
    results,
    seconds: ((stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0)) / 1000,
  };
}
