import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createLocalAws } from "@muster/local";
import { expect, test } from "vitest";
import { historyPages, readHistory } from "./read-history.ts";

const definition = {
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      ItemProcessor: { StartAt: "Rest", States: { Rest: { Type: "Pass", End: true } } },
      End: true,
    },
  },
};

test("what has happened since the last look is read in few calls, however much it is, and each event once", async () => {
  const asked: number[] = [];
  await using aws = createLocalAws({
    onCall: ({ operation, input }) => {
      if (operation === "GetExecutionHistory") asked.push((input as { maxResults: number }).maxResults);
    },
  });
  const sfn = new SFNClient(aws.clientConfig());
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "m",
      definition: JSON.stringify(definition),
      roleArn: "arn:aws:iam::000000000000:role/r",
    }),
  );
  const input = JSON.stringify(Array.from({ length: 250 }, (_, item) => item));
  const { executionArn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
  const status = async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status;
  await expect.poll(status, { timeout: 20_000 }).toBe("SUCCEEDED");

  const all = await readHistory(sfn, executionArn);
  expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index + 1));
  for (const [since, most] of [
    [all.length, 1],
    [all.length - 50, 1],
    [all.length - 900, 2],
  ] as const) {
    asked.length = 0;
    const news = await readHistory(sfn, executionArn, { afterId: since });
    expect(news).toEqual(all.slice(since));
    expect(asked.length).toBeLessThanOrEqual(most);
  }

  asked.length = 0;
  const pages: HistoryEvent[][] = [];
  for await (const page of historyPages(sfn, executionArn)) pages.push([...page]);
  expect(pages.flat()).toEqual(all);
  expect(asked).toEqual(pages.map(() => 1000));

  for (const [since, before, sizes] of [
    [all.length, 0, [16]],
    [all.length - 20, 40, [80]],
    [all.length - 20, 1, [16, 1000]],
    [all.length - 900, 900, [1000]],
  ] as const) {
    asked.length = 0;
    expect(await readHistory(sfn, executionArn, { afterId: since, before })).toEqual(all.slice(since));
    expect(asked).toEqual(sizes);
  }
  sfn.destroy();
});
