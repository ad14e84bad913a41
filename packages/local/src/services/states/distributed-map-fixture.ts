import { DescribeMapRunCommand, ListExecutionsCommand, ListMapRunsCommand } from "@aws-sdk/client-sfn";
import { functionArn, type StatesFixture } from "./states-fixture.ts";

const pass = { StartAt: "Item", States: { Item: { Type: "Pass", End: true } } };

/** A distributed Map of these fields, and nothing else. */
export const each = (fields: object = {}, processor: object = pass) => ({
  Each: {
    Type: "Map",
    Label: "Items",
    End: true,
    ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, ...processor },
    ...fields,
  },
});

export const task = (name: string) => ({
  StartAt: "Item",
  States: { Item: { Type: "Task", Resource: name.startsWith("arn:") ? name : functionArn(name), End: true } },
});

export const failsFor = (bad: number) => async (item: unknown) => {
  if (item === bad) throw new RangeError("far");
  return item;
};

export async function mapRun({ sfn }: StatesFixture, executionArn: string) {
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  const { mapRunArn } = mapRuns?.[0] ?? {};
  const described = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn }));
  return { mapRunArn, described, executions };
}
