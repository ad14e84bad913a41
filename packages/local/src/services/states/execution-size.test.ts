import { SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { statesFixture } from "./states-fixture.ts";

test("the events of an execution and its largest data are told, running or ended", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start({ Work: { Type: "Task", Resource: activity, End: true } }, { small: true });
  await aws.settle();
  const [running] = aws.aws.executionSizes();
  expect(running).toMatchObject({ executionArn: execution, status: "RUNNING", events: 3, largestBytes: 14 });
  const { taskToken } = await aws.poll(activity);
  const output = JSON.stringify({ text: "ä".repeat(1000) });
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
  await aws.end(execution);
  const history = await aws.history(execution);
  expect(aws.aws.executionSizes()).toEqual([
    {
      executionArn: execution,
      status: "SUCCEEDED",
      events: history.length,
      largestBytes: Buffer.byteLength(output),
      largestEventId: history.find(({ type }) => type === "ActivitySucceeded")?.id,
    },
  ]);
});
