import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createLocalAws } from "@muster/local";
import { expect, test } from "vitest";
import { HistoryProtocol } from "./history-protocol.ts";

const definition = {
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      ItemProcessor: {
        StartAt: "Ask",
        States: {
          Ask: {
            Type: "Task",
            Resource: "arn:aws:states:us-west-2:000000000000:activity:Nobody",
            TimeoutSeconds: 1,
            Catch: [{ ErrorEquals: ["States.ALL"], Next: "Rest" }],
            End: true,
          },
          Rest: { Type: "Pass", End: true },
        },
      },
      Next: "Fail",
    },
    Fail: { Type: "Fail", Error: "Muster.StepsFailed", Cause: "ünïcode \u0007" },
  },
};

test("a history is read as the SDK reads it, in process and over a socket, page by page, and so are refusals", async () => {
  await using aws = createLocalAws();
  const { url } = await aws.listen();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  for (const config of [aws.clientConfig(), { region: "us-west-2", endpoint: url, credentials }]) {
    const plain = new SFNClient(config);
    const ours = new SFNClient({ ...config, protocol: HistoryProtocol });
    await plain.send(new CreateActivityCommand({ name: "Nobody" }));
    const { stateMachineArn } = await plain.send(
      new CreateStateMachineCommand({
        name: "m",
        definition: JSON.stringify(definition),
        roleArn: "arn:aws:iam::000000000000:role/r",
      }),
    );
    const { executionArn } = await ours.send(new StartExecutionCommand({ stateMachineArn, input: "[1, 2]" }));
    const ask = (nextToken?: string) =>
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        includeExecutionData: true,
        maxResults: 9,
        nextToken,
      });
    await expect
      .poll(async () => (await plain.send(ask())).events?.[0]?.type, { timeout: 20_000 })
      .toBe("ExecutionFailed");
    let token: string | undefined;
    let seen = 0;
    do {
      const [{ $metadata: _, ...read }, { $metadata, ...expected }] = await Promise.all([
        ours.send(ask(token)),
        plain.send(ask(token)),
      ]);
      expect($metadata.httpStatusCode).toBe(200);
      expect(read).toEqual(expected);
      expect(read.events?.[0]?.timestamp).toBeInstanceOf(Date);
      seen += read.events?.length ?? 0;
      token = read.nextToken;
    } while (token !== undefined);
    expect(seen).toBeGreaterThan(15);
    const gone = new GetExecutionHistoryCommand({ executionArn: `${executionArn}x` });
    await expect(ours.send(gone)).rejects.toBeInstanceOf(ExecutionDoesNotExist);
    ours.destroy();
    plain.destroy();
  }
});
